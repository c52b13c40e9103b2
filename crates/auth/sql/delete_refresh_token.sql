-- a token from before there were sessions is of no use any more
delete from auth.refresh_tokens where token = $1::text and session_id is null
