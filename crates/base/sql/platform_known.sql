select to_regclass('ferrobase.migrations') is not null
