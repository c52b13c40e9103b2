select vault.create_secret($2, $1)
