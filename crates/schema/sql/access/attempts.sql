-- Many attempts, in order, in one round trip.
select a.code, a.message, a.affected, a.changed
from unnest($3::text[], $4::text[]) with ordinality s (statement, proof, place),
  lateral pg_temp.attempt($1, $2, s.statement, s.proof) a
order by s.place
