-- identities, sessions, refresh tokens, factors and whatever references the user go with it
delete from auth.users where id = $1::uuid
