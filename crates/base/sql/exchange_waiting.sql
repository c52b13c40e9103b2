select exists (select from ferrobase.http_exchange where not taken)
