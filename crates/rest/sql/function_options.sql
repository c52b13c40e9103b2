-- those of the options $1 that were set in this transaction
select option, current_setting('pgrst.' || option, true)
from unnest($1::text[]) option
where coalesce(current_setting('pgrst.' || option, true), '') <> ''
