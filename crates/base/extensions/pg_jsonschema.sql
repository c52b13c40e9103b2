-- pg_jsonschema's functions: JSON Schema of drafts 4 to 2020-12 (the newest where `$schema` names none), in PL/pgSQL.
-- Behaviour and messages are those of the jsonschema crate, which the extension is made of. Nothing is fetched: a
-- reference leads to a place in the same document. A schema is looked at with the document that it is a part of and the
-- resource: the document, or the part of it around the schema that has an identifier of its own.

-- 4, 6 and 7, then the years.
create function @extschema@._jsonschema_draft(document jsonb) returns integer
  language sql immutable parallel safe
  as $$
    select case
      when document ->> '$schema' ~ 'draft-0[4-7]/' then substring(document ->> '$schema' from 'draft-0([4-7])/')::integer
      when document ->> '$schema' ~ 'draft/2019-09/' then 2019
      else 2020
    end
  $$;

-- The draft that a keyword came with. To an older one it is an annotation.
create function @extschema@._jsonschema_since(keyword text) returns integer
  language sql immutable parallel safe
  as $$
    select case
      when keyword in ('const', 'contains', 'propertyNames') then 6
      when keyword in ('if', 'then', 'else') then 7
      when keyword in ('$defs', 'dependentRequired', 'dependentSchemas', 'minContains', 'maxContains', 'unevaluatedItems',
        'unevaluatedProperties') then 2019
      when keyword = 'prefixItems' then 2020
      else 0
    end
  $$;

create function @extschema@._jsonschema_unescape(escaped text) returns text
  language sql immutable parallel safe
  as $$
    select coalesce(convert_from(string_agg(
      case when part[1] ~ '^%..' then decode(substr(part[1], 2), 'hex') else convert_to(part[1], 'utf8') end, '' order by place), 'utf8'), '')
    from regexp_matches(escaped, '%[0-9A-Fa-f]{2}|[^%]+|%', 'g') with ordinality as parts (part, place)
  $$;

-- What a reference names: a pointer or an anchor in the resource, or in the one whose identifier comes before the `#`.
create function @extschema@._jsonschema_target(reference text, document jsonb, inout resource jsonb, out target jsonb)
  language plpgsql immutable parallel safe
  as $$
declare
  address constant text := split_part(reference, '#', 1);
  ending constant text := '/' || ltrim(address, './');
  place constant text := @extschema@._jsonschema_unescape(split_part(reference, '#', 2));
begin
  if address <> '' then
    select part into resource
    from jsonb_path_query(document, 'strict $.** ? (@.type() == "object")') as part,
      rtrim(coalesce(part ->> '$id', part ->> 'id'), '#') as name
    -- one of them may be relative
    where name = address or right(name, length(ending)) = ending or right(address, length(name) + 1) = '/' || ltrim(name, './')
    order by name = address desc
    limit 1;
  end if;
  if place = '' then
    target := resource;
  elsif left(place, 1) = '/' then
    target := resource #> (
      select array_agg(replace(replace(step, '~1', '/'), '~0', '~') order by number)
      from unnest(string_to_array(substr(place, 2), '/')) with ordinality as steps (step, number));
  else
    select part into target
    from jsonb_path_query(resource, 'strict $.** ? (@.type() == "object")') as part
    where place in (part ->> '$anchor', part ->> '$dynamicAnchor', ltrim(part ->> '$id', '#'), ltrim(part ->> 'id', '#'))
    limit 1;
  end if;
  if target is null then
    raise exception 'the reference % leads nowhere in the JSON schema', to_jsonb(reference)
      using errcode = 'invalid_parameter_value', hint = 'Schemas of other documents are not fetched.';
  end if;
end
$$;

create function @extschema@._jsonschema_is_type(name text, instance jsonb) returns boolean
  language plpgsql immutable parallel safe
  as $$
begin
  case name
    when 'integer' then
      return case when jsonb_typeof(instance) = 'number' then instance::numeric = trunc(instance::numeric) else false end;
    when 'null', 'boolean', 'object', 'array', 'number', 'string' then
      return jsonb_typeof(instance) = name;
    else
      raise exception '% is no type of a JSON schema', to_jsonb(name) using errcode = 'invalid_parameter_value';
  end case;
end
$$;

-- Formats are asserted up to draft 7 and annotations after it; an unknown one is one of these.
create function @extschema@._jsonschema_is_format(name text, written text) returns boolean
  language plpgsql immutable parallel safe
  as $$
begin
  return case name
    when 'email' then written ~ '^[^@\s]+@[^@\s]+$'
    when 'date' then written ~ '^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$'
    when 'time' then written ~* '^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(z|[+-]([01]\d|2[0-3]):[0-5]\d)$'
    when 'date-time' then written ~* '^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])t([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(z|[+-]([01]\d|2[0-3]):[0-5]\d)$'
    when 'ipv4' then written ~ '^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$'
    when 'hostname' then length(written) <= 253 and written ~* '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$'
    when 'uri' then written ~* '^[a-z][a-z0-9+.-]*:[^\s\\<>"{}|^`]*$'
    when 'json-pointer' then written ~ '^(/([^~/]|~[01])*)*$'
    else true
  end;
end
$$;

-- What is wrong with an instance: nothing, if it matches.
create function @extschema@._jsonschema_errors(schema jsonb, instance jsonb, document jsonb, resource jsonb, draft integer)
  returns text[]
  language plpgsql immutable parallel safe
  as $$
declare
  kind constant text := jsonb_typeof(instance);
  number constant numeric := case when kind = 'number' then instance::numeric end;
  string constant text := case when kind = 'string' then instance #>> '{}' end;
  size constant integer := case kind
    when 'string' then length(string)
    when 'array' then jsonb_array_length(instance)
    when 'object' then (select count(*) from jsonb_object_keys(instance)) end;
  found text[] := '{}';
  keyword text;
  rule jsonb;
  matching integer;
  names text[];
  within record;
begin
  if jsonb_typeof(schema) = 'boolean' then
    return case when schema = 'true' then found else array[format('False schema does not allow %s', instance)] end;
  elsif jsonb_typeof(schema) is distinct from 'object' then
    raise exception 'a JSON schema is an object or a boolean, not %', schema using errcode = 'invalid_parameter_value';
  end if;
  if left(schema ->> case draft when 4 then 'id' else '$id' end, 1) <> '#' and (draft > 7 or not schema ? '$ref') then
    resource := schema;
  end if;

  for keyword, rule in select * from jsonb_each(schema) loop
    continue when draft < @extschema@._jsonschema_since(keyword) or draft <= 7 and schema ? '$ref' and keyword <> '$ref';
    case keyword
      when '$ref', '$dynamicRef', '$recursiveRef' then
        within := @extschema@._jsonschema_target(rule #>> '{}', document, resource);
        found := found || @extschema@._jsonschema_errors(within.target, instance, document, within.resource, draft);

      when 'type' then
        if jsonb_typeof(rule) = 'array' then
          if not exists (select from jsonb_array_elements_text(rule) as name where @extschema@._jsonschema_is_type(name, instance)) then
            found := found || format('%s is not of types %s', instance,
              (select string_agg(name::text, ', ') from jsonb_array_elements(rule) as name));
          end if;
        elsif not @extschema@._jsonschema_is_type(rule #>> '{}', instance) then
          found := found || format('%s is not of type %s', instance, rule);
        end if;
      when 'enum' then
        if not exists (select from jsonb_array_elements(rule) as option where option = instance) then
          found := found || format('%s is not one of %s', instance, (
            select string_agg(case
                when place = 1 then '' when place < least(total, 3) or total > 3 and place = 2 then ', ' else ' or ' end
              || case when total > 3 and place = 3 then total - 2 || ' other candidates' else option::text end, '' order by place)
            from jsonb_array_elements(rule) with ordinality as options (option, place), jsonb_array_length(rule) as total
            where place <= 3));
        end if;
      when 'const' then
        if instance <> rule then
          found := found || format('%s was expected', rule);
        end if;

      when 'minimum' then
        if draft = 4 and schema -> 'exclusiveMinimum' = 'true' then
          if number <= rule::numeric then
            found := found || format('%s is less than or equal to the minimum of %s', instance, rule);
          end if;
        elsif number < rule::numeric then
          found := found || format('%s is less than the minimum of %s', instance, rule);
        end if;
      when 'maximum' then
        if draft = 4 and schema -> 'exclusiveMaximum' = 'true' then
          if number >= rule::numeric then
            found := found || format('%s is greater than or equal to the maximum of %s', instance, rule);
          end if;
        elsif number > rule::numeric then
          found := found || format('%s is greater than the maximum of %s', instance, rule);
        end if;
      when 'exclusiveMinimum' then
        if draft > 4 and number <= rule::numeric then
          found := found || format('%s is less than or equal to the minimum of %s', instance, rule);
        end if;
      when 'exclusiveMaximum' then
        if draft > 4 and number >= rule::numeric then
          found := found || format('%s is greater than or equal to the maximum of %s', instance, rule);
        end if;
      when 'multipleOf' then
        if mod(number, rule::numeric) <> 0 then
          found := found || format('%s is not a multiple of %s', instance, rule);
        end if;

      when 'minLength' then
        if kind = 'string' and size < rule::numeric then
          found := found || format('%s is shorter than %s character%s', instance, rule, case when rule <> '1' then 's' end);
        end if;
      when 'maxLength' then
        if kind = 'string' and size > rule::numeric then
          found := found || format('%s is longer than %s character%s', instance, rule, case when rule <> '1' then 's' end);
        end if;
      when 'pattern' then
        if string !~ (rule #>> '{}') then
          found := found || format('%s does not match %s', instance, rule);
        end if;
      when 'format' then
        if draft <= 7 and not @extschema@._jsonschema_is_format(rule #>> '{}', string) then
          found := found || format('%s is not a %s', instance, rule);
        end if;

      when 'minItems' then
        if kind = 'array' and size < rule::numeric then
          found := found || format('%s has less than %s item%s', instance, rule, case when rule <> '1' then 's' end);
        end if;
      when 'maxItems' then
        if kind = 'array' and size > rule::numeric then
          found := found || format('%s has more than %s item%s', instance, rule, case when rule <> '1' then 's' end);
        end if;
      when 'uniqueItems' then
        if kind = 'array' and rule = 'true'
          and size > (select count(distinct item) from jsonb_array_elements(instance) as item) then
          found := found || format('%s has non-unique elements', instance);
        end if;
      when 'prefixItems', 'items', 'additionalItems' then
        if kind = 'array' then
          found := found || array(
            select unnest(@extschema@._jsonschema_errors(
              case when jsonb_typeof(rule) = 'array' then rule -> (place - 1)::integer else rule end,
              item, document, resource, draft))
            from jsonb_array_elements(instance) with ordinality as items (item, place)
            where case
              when keyword = 'prefixItems' then place <= jsonb_array_length(rule)
              when keyword = 'additionalItems' then
                draft < 2020 and jsonb_typeof(schema -> 'items') = 'array' and place > jsonb_array_length(schema -> 'items')
              when jsonb_typeof(rule) = 'array' then place <= jsonb_array_length(rule)
              else draft < 2020 or place > coalesce(jsonb_array_length(schema -> 'prefixItems'), 0) end);
        end if;
      when 'contains' then
        if kind = 'array' then
          select count(*) into matching from jsonb_array_elements(instance) as item
          where @extschema@._jsonschema_errors(rule, item, document, resource, draft) = '{}';
          if matching < (case when draft > 7 then coalesce((schema -> 'minContains')::numeric, 1) else 1 end) then
            found := found || format('None of %s are valid under the given schema', instance);
          elsif draft > 7 and matching > (schema -> 'maxContains')::numeric then
            found := found || format('%s has more than %s item%s', instance, schema -> 'maxContains',
              case when schema -> 'maxContains' <> '1' then 's' end);
          end if;
        end if;

      when 'minProperties' then
        if kind = 'object' and size < rule::numeric then
          found := found || format('%s has less than %s propert%s', instance, rule, case when rule = '1' then 'y' else 'ies' end);
        end if;
      when 'maxProperties' then
        if kind = 'object' and size > rule::numeric then
          found := found || format('%s has more than %s propert%s', instance, rule, case when rule = '1' then 'y' else 'ies' end);
        end if;
      when 'required' then
        if kind = 'object' then
          found := found || array(
            select format('%s is a required property', to_jsonb(name)) from jsonb_array_elements_text(rule) as name
            where not instance ? name);
        end if;
      when 'properties' then
        if kind = 'object' then
          found := found || array(
            select unnest(@extschema@._jsonschema_errors(part, instance -> name, document, resource, draft))
            from jsonb_each(rule) as parts (name, part) where instance ? name);
        end if;
      when 'patternProperties' then
        if kind = 'object' then
          found := found || array(
            select unnest(@extschema@._jsonschema_errors(part, item, document, resource, draft))
            from jsonb_each(rule) as parts (pattern, part), jsonb_each(instance) as items (name, item) where name ~ pattern);
        end if;
      when 'additionalProperties' then
        if kind = 'object' then
          if rule = 'false' then
            found := found || @extschema@._jsonschema_unexpected('Additional properties', array(
              select name from jsonb_object_keys(instance) as name where not @extschema@._jsonschema_is_named(schema, name)));
          else
            found := found || array(
              select unnest(@extschema@._jsonschema_errors(rule, item, document, resource, draft))
              from jsonb_each(instance) as items (name, item) where not @extschema@._jsonschema_is_named(schema, name));
          end if;
        end if;
      when 'propertyNames' then
        if kind = 'object' then
          found := found || array(
            select unnest(@extschema@._jsonschema_errors(rule, to_jsonb(name), document, resource, draft))
            from jsonb_object_keys(instance) as name);
        end if;
      when 'dependencies', 'dependentRequired', 'dependentSchemas' then
        if kind = 'object' and (keyword <> 'dependencies' or draft <= 7) then
          found := found || array(
            select format('%s is a required property', to_jsonb(needed))
            from jsonb_each(rule) as parts (name, part),
              jsonb_array_elements_text(case jsonb_typeof(part) when 'array' then part else '[]' end) as needed
            where instance ? name and not instance ? needed
          ) || array(
            select unnest(@extschema@._jsonschema_errors(part, instance, document, resource, draft))
            from jsonb_each(rule) as parts (name, part) where instance ? name and jsonb_typeof(part) <> 'array');
        end if;

      when 'allOf' then
        found := found || array(
          select unnest(@extschema@._jsonschema_errors(part, instance, document, resource, draft)) from jsonb_array_elements(rule) as part);
      when 'anyOf', 'oneOf' then
        select count(*) into matching from jsonb_array_elements(rule) as part
        where @extschema@._jsonschema_errors(part, instance, document, resource, draft) = '{}';
        if matching = 0 then
          found := found || format('%s is not valid under any of the schemas listed in the ''%s'' keyword', instance, keyword);
        elsif matching > 1 and keyword = 'oneOf' then
          found := found || format('%s is valid under more than one of the schemas listed in the ''oneOf'' keyword', instance);
        end if;
      when 'not' then
        if @extschema@._jsonschema_errors(rule, instance, document, resource, draft) = '{}' then
          found := found || format('%s is not allowed for %s', rule, instance);
        end if;
      when 'if' then
        found := found || @extschema@._jsonschema_errors(
          coalesce(schema -> case
            when @extschema@._jsonschema_errors(rule, instance, document, resource, draft) = '{}' then 'then' else 'else' end, 'true'),
          instance, document, resource, draft);

      when 'unevaluatedProperties', 'unevaluatedItems' then
        if kind = (case keyword when 'unevaluatedItems' then 'array' else 'object' end) then
          select array_agg(name) into names
          from @extschema@._jsonschema_members(instance) as members (name, item)
          where name <> all (@extschema@._jsonschema_evaluated(schema - keyword, instance, document, resource, draft))
            and @extschema@._jsonschema_errors(rule, item, document, resource, draft) <> '{}';
          found := found || @extschema@._jsonschema_unexpected(
            case keyword when 'unevaluatedItems' then 'Unevaluated items' else 'Unevaluated properties' end, names);
        end if;
      else
        null; -- an annotation, or nothing that drafts know
    end case;
  end loop;
  return found;
end
$$;

-- Whether `properties` or `patternProperties` of a schema is about a property.
create function @extschema@._jsonschema_is_named(schema jsonb, name text) returns boolean
  language sql immutable parallel safe
  as $$
    select coalesce(schema -> 'properties' ? name, false)
      or exists (select from jsonb_object_keys(coalesce(schema -> 'patternProperties', '{}')) as pattern where name ~ pattern)
  $$;

create function @extschema@._jsonschema_unexpected(what text, names text[]) returns text[]
  language sql immutable parallel safe
  as $$
    select case when cardinality(names) > 0 then array[format('%s are not allowed (''%s'' %s unexpected)',
      what, array_to_string(names, ''', '''), case cardinality(names) when 1 then 'was' else 'were' end)] else '{}' end
  $$;

-- The properties of an object, or the items of an array by their places from 0.
create function @extschema@._jsonschema_members(instance jsonb) returns table (name text, item jsonb)
  language sql immutable parallel safe
  as $$
    select key, value from jsonb_each(case jsonb_typeof(instance) when 'object' then instance else '{}' end)
    union all
    select (place - 1)::text, value
    from jsonb_array_elements(case jsonb_typeof(instance) when 'array' then instance else '[]' end) with ordinality as items (value, place)
  $$;

-- The members of an instance that a schema which it matches has looked at.
create function @extschema@._jsonschema_evaluated(schema jsonb, instance jsonb, document jsonb, resource jsonb, draft integer)
  returns text[]
  language plpgsql immutable parallel safe
  as $$
declare
  seen text[] := '{}';
  keyword text;
  rule jsonb;
  within record;
begin
  if jsonb_typeof(schema) <> 'object' then
    return seen;
  end if;
  if left(schema ->> '$id', 1) <> '#' then
    resource := schema;
  end if;
  for keyword, rule in select * from jsonb_each(schema) loop
    case
      when keyword in ('$ref', '$dynamicRef', '$recursiveRef') then
        within := @extschema@._jsonschema_target(rule #>> '{}', document, resource);
        seen := seen || @extschema@._jsonschema_evaluated(within.target, instance, document, within.resource, draft);
      when keyword in ('additionalProperties', 'unevaluatedProperties') and jsonb_typeof(instance) = 'object'
        or keyword = 'unevaluatedItems' and jsonb_typeof(instance) = 'array'
        or keyword = 'items' and jsonb_typeof(instance) = 'array' and jsonb_typeof(rule) <> 'array'
        or keyword = 'additionalItems' and jsonb_typeof(instance) = 'array' and jsonb_typeof(schema -> 'items') = 'array' then
        seen := seen || array(select name from @extschema@._jsonschema_members(instance));
      when keyword in ('properties', 'patternProperties') then
        seen := seen || array(
          select name from @extschema@._jsonschema_members(instance)
          where jsonb_typeof(instance) = 'object' and @extschema@._jsonschema_is_named(jsonb_build_object(keyword, rule), name));
      when keyword = 'prefixItems' or keyword = 'items' and jsonb_typeof(rule) = 'array' then
        seen := seen || array(select generate_series(0, jsonb_array_length(rule) - 1)::text);
      when keyword = 'contains' and draft >= 2020 then
        seen := seen || array(
          select name from @extschema@._jsonschema_members(instance)
          where jsonb_typeof(instance) = 'array' and @extschema@._jsonschema_errors(rule, item, document, resource, draft) = '{}');
      when keyword in ('allOf', 'anyOf', 'oneOf') then
        seen := seen || array(
          select unnest(@extschema@._jsonschema_evaluated(part, instance, document, resource, draft))
          from jsonb_array_elements(rule) as part
          where @extschema@._jsonschema_errors(part, instance, document, resource, draft) = '{}');
      when keyword = 'dependentSchemas' then
        seen := seen || array(
          select unnest(@extschema@._jsonschema_evaluated(part, instance, document, resource, draft))
          from jsonb_each(rule) as parts (name, part) where jsonb_typeof(instance) = 'object' and instance ? name);
      when keyword = 'if' then
        if @extschema@._jsonschema_errors(rule, instance, document, resource, draft) = '{}' then
          seen := seen || @extschema@._jsonschema_evaluated(rule, instance, document, resource, draft)
            || @extschema@._jsonschema_evaluated(coalesce(schema -> 'then', 'true'), instance, document, resource, draft);
        else
          seen := seen || @extschema@._jsonschema_evaluated(coalesce(schema -> 'else', 'true'), instance, document, resource, draft);
        end if;
      else
        null;
    end case;
  end loop;
  return seen;
end
$$;

create function @extschema@.jsonb_matches_schema(schema json, instance jsonb) returns boolean
  language sql immutable strict parallel safe
  as $$
    select @extschema@._jsonschema_errors(document, instance, document, document, @extschema@._jsonschema_draft(document)) = '{}'
    from (select schema::jsonb) as schemas (document)
  $$;

create function @extschema@.json_matches_schema(schema json, instance json) returns boolean
  language sql immutable strict parallel safe
  as $$ select @extschema@.jsonb_matches_schema(schema, instance::jsonb) $$;

create function @extschema@.jsonschema_validation_errors(schema json, instance json) returns text[]
  language sql immutable strict parallel safe
  as $$
    select @extschema@._jsonschema_errors(document, instance::jsonb, document, document, @extschema@._jsonschema_draft(document))
    from (select schema::jsonb) as schemas (document)
  $$;

-- The place of the first thing in a schema that is none, as a JSON pointer; null, if there is nothing.
create function @extschema@._jsonschema_fault(schema jsonb, place text, draft integer) returns text
  language plpgsql immutable parallel safe
  as $$
declare
  fault text;
  keyword text;
  rule jsonb;
  kind text;
begin
  if jsonb_typeof(schema) = 'boolean' and draft > 4 then
    return null;
  elsif jsonb_typeof(schema) <> 'object' then
    return place;
  end if;
  for keyword, rule in select * from jsonb_each(schema) loop
    continue when draft < @extschema@._jsonschema_since(keyword);
    kind := jsonb_typeof(rule);
    fault := case
      when keyword = 'type' then
        case when not coalesce((
            select bool_and(name in ('null', 'boolean', 'object', 'array', 'number', 'string', 'integer'))
              and count(*) = count(distinct name)
            from jsonb_array_elements_text(case kind when 'array' then rule else jsonb_build_array(rule) end) as name), false)
          then '' end
      when keyword in ('$ref', '$schema', '$comment', 'title', 'description', 'format', 'pattern') then case when kind <> 'string' then '' end
      when keyword in ('minimum', 'maximum') then case when kind <> 'number' then '' end
      when keyword in ('exclusiveMinimum', 'exclusiveMaximum') then
        case when kind <> (case draft when 4 then 'boolean' else 'number' end) then '' end
      when keyword = 'multipleOf' then case when kind <> 'number' or rule <= '0' then '' end
      when keyword in ('minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties', 'minContains', 'maxContains') then
        case when kind <> 'number' or rule < '0' or not @extschema@._jsonschema_is_type('integer', rule) then '' end
      when keyword = 'uniqueItems' then case when kind <> 'boolean' then '' end
      when keyword = 'enum' then case when kind <> 'array' then '' end
      when keyword = 'required' then
        case when kind <> 'array' or rule @? 'strict $[*] ? (@.type() != "string")'
          or jsonb_array_length(rule) <> (select count(distinct name) from jsonb_array_elements(rule) as name) then '' end
      when keyword in ('allOf', 'anyOf', 'oneOf', 'prefixItems') or keyword = 'items' and kind = 'array' and draft < 2020 then
        case when kind <> 'array' or rule = '[]' then '' else (
          select min(@extschema@._jsonschema_fault(part, '/' || number - 1, draft))
          from jsonb_array_elements(rule) with ordinality as parts (part, number)) end
      when keyword in ('properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas') then
        case when kind <> 'object' then '' else (
          select min(@extschema@._jsonschema_fault(part, '/' || replace(replace(name, '~', '~0'), '/', '~1'), draft))
          from jsonb_each(rule) as parts (name, part)) end
      when keyword in ('not', 'if', 'then', 'else', 'items', 'additionalItems', 'contains', 'additionalProperties', 'propertyNames',
          'unevaluatedItems', 'unevaluatedProperties') then
        case when draft > 4 or keyword not in ('additionalItems', 'additionalProperties') or kind <> 'boolean'
          then @extschema@._jsonschema_fault(rule, '', draft) end
    end;
    if fault is not null then
      return place || '/' || keyword || fault;
    end if;
  end loop;
  return null;
end
$$;

create function @extschema@.jsonschema_is_valid(schema json) returns boolean
  language plpgsql immutable strict parallel safe
  as $$
declare
  fault constant text := @extschema@._jsonschema_fault(schema::jsonb, '', @extschema@._jsonschema_draft(schema::jsonb));
begin
  if fault is not null then
    raise notice 'Invalid JSON schema at path: %', fault;
  end if;
  return fault is null;
end
$$;
