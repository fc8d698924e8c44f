// @supabase/lite tells PostgreSQL who asks, and for what, by up to ten statements before each question:
// `SELECT set_config('request.jwt.claims', $1, true)`, and so on. Each costs PGlite nearly as much as a small question.

const SETTING = /^SELECT (set_config\('[a-z_.]+', (?:''|\$1), true\))$/;
const NOTHING = Object.freeze({ rows: [], fields: [], affectedRows: 0 });

/** Have `driver` hold back settings, and send them as one statement before the next that is none.
 *
 * They keep their order, their values and their transaction. Anything else is sent as it is. */
export function joinSettings(driver) {
  const query = driver.query.bind(driver);
  let held = [];
  driver.query = async (text, values = [], options) => {
    const setting = SETTING.exec(text);
    if (setting && values.length < 2) {
      held.push({ call: setting[1], values });
      return NOTHING;
    }
    const settings = held;
    held = [];
    // What a transaction has set ends with it; and one that has failed takes no more.
    if (settings.length && text !== "ROLLBACK") await query(...inOneStatement(settings));
    return query(text, values, options);
  };
}

function inOneStatement(settings) {
  const values = [];
  const calls = settings.map((setting) => {
    values.push(...setting.values);
    return setting.call.replace("$1", `$${values.length}`);
  });
  return [`SELECT ${calls.join(", ")}`, values];
}
