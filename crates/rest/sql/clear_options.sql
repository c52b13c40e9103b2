-- empties the options $1 for the rest of the transaction, so that what a function sets can be told apart
select set_config('pgrst.' || option, '', true)
from unnest($1::text[]) option
