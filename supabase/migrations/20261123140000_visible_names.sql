-- Names that show: a name of invisible characters alone looks like no name, and one with a bidirectional override
-- (U+202A to U+202E, U+2066 to U+2069) reads as another. Which characters are space is said one by one, because it
-- depends on the database's locale otherwise; the invisible ones are Unicode's Default_Ignorable_Code_Point, and two
-- that show as nothing just so.

alter table public.cases drop constraint patient_name_is_one_line_of_1_to_200_characters;

-- Names from before, if there are any: the history records what they were, as an administrator's change.
update public.cases set patient_name = regexp_replace(patient_name, '[\u202a-\u202e\u2066-\u2069]', '', 'g')
  where patient_name ~ '[\u202a-\u202e\u2066-\u2069]';

update public.cases set patient_name = 'Unnamed patient'
  where patient_name !~ (
    '[^\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000'
    '\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\u2800\u3164'
    '\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'
  );

alter table public.cases add constraint patient_name_is_one_visible_line_of_1_to_200_characters check (
  char_length(patient_name) between 1 and 200
  and patient_name !~ '[\u0001-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]'
  and patient_name ~ (
    '[^\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000'
    '\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u206a-\u206f\u2800\u3164'
    '\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]'
  )
);

comment on column public.cases.patient_name is '1 to 200 characters, one line, not all of them invisible.';
