select ferrobase.upgrade_surface($1, $2, $3)
