select statement, reason
from pg_temp.skipped
