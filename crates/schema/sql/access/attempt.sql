-- Runs a statement as somebody and undoes it. `affected` and `changed` (what the proof counts is another number than
-- before) tell what it did, `code` and `message` why it did not.
create function pg_temp.attempt(
  actor text, claims text, statement text, proof text,
  out code text, out message text, out affected bigint, out changed boolean
)
language plpgsql
as $$
declare
  before bigint;
  after bigint;
begin
  if proof <> '' then
    execute proof into before;
  end if;
  begin
    perform set_config('request.jwt.claims', claims, true);
    perform set_config('role', actor, true);
    execute statement;
    get diagnostics affected = row_count;
    perform set_config('role', 'none', true);
    if proof <> '' then
      execute proof into after;
      changed := after is distinct from before;
    end if;
    raise exception using errcode = 'FB000';
  exception
    when sqlstate 'FB000' then
      code := '00000';
    when others then
      code := sqlstate;
      message := sqlerrm;
  end;
end
$$
