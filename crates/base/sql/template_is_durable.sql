select current_setting('fsync')::boolean
