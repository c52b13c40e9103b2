select
from vault.secrets
where name = $1
