-- What a new case holds comes as one object, named as its columns are: a new field is no new parameter.

drop function public.create_case(text, text, integer, text, text, text);

create function public.create_case(creation_key text, given jsonb) returns setof public.cases
  language plpgsql security invoker set search_path = ''
as $$
declare
  created bigint;
begin
  return query select cases.* from public.case_creations join public.cases using (case_id)
    where case_creations.key = creation_key;
  if found then
    return;
  end if;
  begin
    insert into public.cases (patient_name, patient_age, patient_gender, case_summary, status)
      select patient_name, patient_age, patient_gender, case_summary, status
        from jsonb_populate_record(null::public.cases, given)
      returning case_id into created;
    insert into public.case_creations (key, case_id) values (creation_key, created);
  exception when unique_violation then
    -- Another request with this key was faster: its case counts, and this one is taken back with all its traces.
    null;
  end;
  return query select cases.* from public.case_creations join public.cases using (case_id)
    where case_creations.key = creation_key;
end;
$$;

revoke all on function public.create_case(text, jsonb) from public, anon;
grant execute on function public.create_case(text, jsonb) to authenticated;
