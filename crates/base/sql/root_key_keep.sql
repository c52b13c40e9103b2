select ferrobase.keep_root_key($1)
