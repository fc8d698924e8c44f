-- Asking for the worklist: one function, whatever is searched for, filtered by and ordered by, so that what was typed
-- travels in the body of a request. It composes the query of just what is asked, because PostgreSQL finds an index for
-- one question, not for all of them at once. The query holds no value that was given, only places for them.
--
-- `asked` may hold: statuses [..], waiting {status: created before}, is_flagged, has_draft, gender, youngest, oldest,
-- updated_from, updated_before, words [..]; order (`urgency`, or a column of the worklist), descending, after (the last
-- row of the page before), limit. `$1` in the query is what was asked, `$2` the words, folded.

create or replace view public.worklist with (security_invoker = true) as
  select
    case_id, patient_name, patient_age, patient_gender, status, created_at, updated_at,
    -- The first line that is not blank, without the space around it. A long summary is not unpacked for it beyond its
    -- first 1,000 characters. Which characters are space, and which end a line, depends on the locale, unless said.
    rtrim(
      substring(
        left(ltrim(left(case_summary, 1000), blank.characters), 200)
        from '^[^\u000a-\u000d\u001c-\u001e\u0085\u2028\u2029]*'
      ),
      blank.characters
    ) as first_line,
    -- Not by `exists`, for which PostgreSQL may read every mark there is.
    coalesce((
      select true from public.case_drafts as draft where draft.user_id = cases.user_id and draft.case_id = cases.case_id
    ), false) as has_draft,
    coalesce((select true from public.unseen_changes as mark where mark.case_id = cases.case_id), false) as is_unseen,
    coalesce((
      select true from public.case_flags as flag where flag.user_id = cases.user_id and flag.case_id = cases.case_id
    ), false) as is_flagged
  from public.cases, (
    values (
      E'\u0009\u000a\u000b\u000c\u000d\u001c\u001d\u001e\u001f\u0020\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004'
      '\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'
    )
  ) as blank (characters);

-- The functions below say what it said.
drop view public.open_worklist;

-- The cases that are asked for: everything behind `select … from`.
create function public.find_in_worklist(asked jsonb) returns text
  language sql immutable set search_path = ''
as $$
  select case
      when asked -> 'words' is not null or asked ->> 'order' = 'patient_name'
      then 'public.worklist join public.case_texts using (case_id) where '
      else 'public.worklist where '
    end
    || concat_ws(
      ' and ',
      'true',
      (
        -- Written out, so that PostgreSQL knows that an index of the open cases holds them all.
        select 'status in (' || string_agg(quote_literal(status), ', ') || ')'
          from unnest(array['pending', 'analyzing', 'completed', 'archived']) as status
          where asked -> 'statuses' @> to_jsonb(status)
          having count(*) < 4
      ),
      case when asked -> 'waiting' is not null then 'created_at < ($1 -> ''waiting'' ->> status)::timestamptz' end,
      case when asked -> 'is_flagged' = 'true' then 'case_id in (select case_id from public.case_flags)' end,
      case when asked -> 'has_draft' = 'true' then 'case_id in (select case_id from public.case_drafts)' end,
      case when asked -> 'gender' is not null then 'patient_gender = $1 ->> ''gender''' end,
      case when asked -> 'youngest' is not null then 'patient_age >= ($1 ->> ''youngest'')::integer' end,
      case when asked -> 'oldest' is not null then 'patient_age <= ($1 ->> ''oldest'')::integer' end,
      case when asked -> 'updated_from' is not null then 'updated_at >= ($1 ->> ''updated_from'')::timestamptz' end,
      case when asked -> 'updated_before' is not null
        then 'updated_at < ($1 ->> ''updated_before'')::timestamptz' end,
      (
        select string_agg(format('strpos(folded_text, $2[%s]) > 0', place), ' and ')
          from generate_series(1, jsonb_array_length(asked -> 'words')) as place
      )
    )
$$;

-- One page of them, in their order. Urgent first, then longest waiting is two questions, each in the order of an index.
create function public.query_worklist(asked jsonb) returns text
  language plpgsql immutable set search_path = ''
as $$
declare
  key constant text := case asked ->> 'order'
    when 'case_id' then 'worklist.case_id'
    when 'patient_name' then 'folded_name collate "C"'
    when 'patient_age' then 'worklist.patient_age'
    when 'status' then 'array_position(array[''pending'', ''analyzing'', ''completed'', ''archived''], worklist.status)'
    when 'updated_at' then 'worklist.updated_at'
    when 'first_line' then 'lower(worklist.first_line) collate "C"'
    else 'worklist.created_at'
  end;
  is_urgency constant boolean := coalesce(asked ->> 'order', 'urgency') = 'urgency';
  descending constant boolean := not is_urgency and coalesce((asked ->> 'descending')::boolean, false);
  direction constant text := case when descending then 'desc' else 'asc' end;
  last_row constant text := '(jsonb_populate_record(null::public.worklist, $1 -> ''after'')).';
  -- Selected, so that they are computed once.
  last_key constant text := format(
    '(select %s)', replace(replace(key, 'folded_name', 'public.fold(worklist.patient_name)'), 'worklist.', last_row)
  );
  page constant text := 'select worklist.* from ' || public.find_in_worklist(asked);
  behind constant text := format(
    ' and (%s, worklist.case_id) %s (%s, (select %scase_id))',
    key, case when descending then '<' else '>' end, last_key, last_row
  );
  in_order constant text := format(
    ' order by %s %s, worklist.case_id %2$s limit ($1 ->> ''limit'')::integer', key, direction
  );
  is_first constant boolean := asked -> 'after' is null;
  is_past_flagged constant boolean := not is_first and not (asked -> 'after' ->> 'is_flagged')::boolean;
begin
  if not is_urgency then
    -- What is sorted is numbers and keys alone; the rows are for those that are shown.
    return format(
      'with page as (select worklist.case_id, %s as key from %s) '
      'select worklist.* from page join public.worklist using (case_id) order by page.key %s, case_id %3$s',
      key, public.find_in_worklist(asked) || case when is_first then '' else behind end || in_order, direction
    );
  end if;
  return format(
    '(%s) union all (%s) order by is_flagged desc, created_at, case_id limit ($1 ->> ''limit'')::integer',
    page || case when is_past_flagged then ' and false' when is_first then '' else behind end
      || ' and case_id in (select case_id from public.case_flags)' || in_order,
    page || case when is_past_flagged then behind else '' end || ' and not is_flagged' || in_order
  );
end;
$$;

create function public.fold_words(asked jsonb) returns text[]
  language sql immutable set search_path = ''
as $$
  select array_agg(public.fold(word) order by place)
    from jsonb_array_elements_text(asked -> 'words') with ordinality as words (word, place)
$$;

create function public.list_worklist(asked jsonb) returns setof public.worklist
  language plpgsql stable security invoker set search_path = ''
as $$
begin
  return query execute public.query_worklist(asked) using asked, public.fold_words(asked);
end;
$$;

create function public.count_worklist(asked jsonb) returns bigint
  language plpgsql stable security invoker set search_path = ''
as $$
declare
  found bigint;
begin
  execute 'select count(*) from ' || public.find_in_worklist(asked)
    into found using asked, public.fold_words(asked);
  return found;
end;
$$;

comment on function public.list_worklist(jsonb) is 'One page of the reader''s own cases, searched, filtered, in order.';
comment on function public.count_worklist(jsonb) is
  'How many of the reader''s own cases are searched and filtered for.';

revoke all on function public.find_in_worklist(jsonb), public.query_worklist(jsonb), public.fold_words(jsonb),
  public.list_worklist(jsonb), public.count_worklist(jsonb) from public, anon;
grant execute on function public.find_in_worklist(jsonb), public.query_worklist(jsonb), public.fold_words(jsonb),
  public.list_worklist(jsonb), public.count_worklist(jsonb) to authenticated;
