-- one refresh of a session at a time: what comes next in the transaction sees what the one before has left
select 1 from auth.sessions where id = $1::uuid for update
