select vault.update_secret(id, $2)
from vault.secrets
where name = $1
