select ferrobase.set_role_password($1, $2)
