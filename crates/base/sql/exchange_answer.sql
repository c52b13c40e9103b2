update ferrobase.http_exchange
set done = true, status = $2, answer_names = $3, answer_values = $4, answer = $5, error = $6
where id = $1
