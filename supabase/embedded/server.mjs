// The embedded Supabase: @supabase/lite on PGlite, served on the loopback interface for development and demos.
//
// lib/backend/embedded.py starts it with one JSON argument {dataDir, keysFile, mailFile, port, readyFd}, reads one JSON
// line from readyFd ({url} or {error, code}), and ends it by closing its standard input.

import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { serve } from "@hono/node-server";
import { App } from "@supabase/lite";
import { applyPendingMigrations } from "@supabase/lite/cli";
import { createPgliteConnection } from "@supabase/lite/pglite";
import { clinicians, historyOf, password } from "./demo.mjs";
import { joinSettings } from "./joined_settings.mjs";

const TIMESTAMPTZ = 1184;
// Making an empty database takes PGlite three seconds, reading one takes it a third of one. It is kept beside PGlite,
// so that npm removes both together.
const EMPTY_DATABASE = resolve(dirname(fileURLToPath(import.meta.url)), "node_modules/.empty-database.tar");
const options = JSON.parse(process.argv[2]);
const keys = JSON.parse(readFileSync(options.keysFile, "utf8"));

process.chdir(resolve(dirname(fileURLToPath(import.meta.url)), "../.."));
keepParametersOutOfTheLog();

try {
  const connection = await openDatabase();
  const app = await openApp(connection);
  await applyPendingMigrations(app);
  await seedDemo(app, connection);
  const port = await listen(app);
  endWithParent(connection);
  report({ url: `http://127.0.0.1:${port}` });
} catch (error) {
  report({ error: error.message, code: error.code });
  process.exit(1);
}

async function openDatabase() {
  const isNew = !existsSync(join(options.dataDir, "PG_VERSION"));
  const emptyOne = isNew && existsSync(EMPTY_DATABASE) ? new Blob([readFileSync(EMPTY_DATABASE)]) : undefined;
  const connection = await createPgliteConnection({
    url: options.dataDir,
    pgliteOptions: {
      // supabase-py reads ISO 8601 alone, where PostgreSQL's own form has a space and a short offset.
      parsers: { [TIMESTAMPTZ]: (text) => isoTimestamp(text) },
      loadDataDir: emptyOne,
    },
  });
  if (isNew && !emptyOne) await keepEmptyDatabase(connection.driver);
  await forgetArraysOfRows(connection.driver);
  joinSettings(connection.driver);
  return connection;
}

// PGlite copies its parsers for every answer. Most of them are for arrays of a table's rows, which nothing returns.
async function forgetArraysOfRows(driver) {
  const { rows } = await driver.query("select typarray from pg_type where typtype = 'c' and typarray <> 0");
  for (const { typarray } of rows) delete driver.parsers[typarray];
}

async function keepEmptyDatabase(driver) {
  const dump = await driver.dumpDataDir("none");
  const unfinished = `${EMPTY_DATABASE}.${process.pid}`;
  try {
    writeFileSync(unfinished, Buffer.from(await dump.arrayBuffer()));
    renameSync(unfinished, EMPTY_DATABASE);
  } catch {
    // The packages may lie where nothing can be written: then every first start takes its time.
  }
}

async function openApp(connection) {
  const app = new App({
    connection,
    auth: {
      enabled: true,
      jwt_secret: keys.jwt_secret,
      publishable_key: keys.publishable_key,
      minimum_password_length: 12,
      email: { enable_signup: true, enable_confirmations: false, otp_length: 8, otp_expiry: 3600 },
    },
    options: { server: { admin: false }, drivers: { email: { send: catchMail } } },
  });
  await app.init();
  return app;
}

async function seedDemo(app, connection) {
  for (const { email, cases } of clinicians) {
    const [owner] = await rows(connection, "select id from auth.users where email = $1", [email]);
    if (owner) continue;
    const { data, error } = await app.getClient().auth.signUp({ email, password });
    if (error) throw error;
    await insertCases(connection, data.user.id, cases);
  }
}

async function insertCases(connection, userId, cases) {
  await connection.driver.transaction(async (transaction) => {
    // Demo cases have a past, which the triggers would deny them.
    await transaction.query("set local session_replication_role = replica");
    const events = [];
    for (const row of [...cases].sort((a, b) => b.created_minutes_ago - a.created_minutes_ago)) {
      const inserted = await transaction.query(
        `insert into public.cases (user_id, patient_name, patient_age, patient_gender, case_summary, status,
           created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, now() - make_interval(mins => $7), now() - make_interval(mins => $8))
         returning case_id`,
        [userId, row.patient_name, row.patient_age, row.patient_gender, row.case_summary, row.status,
          row.created_minutes_ago, row.updated_minutes_ago],
      );
      events.push(...historyOf(row).map((event) => ({ ...event, case_id: inserted.rows[0].case_id })));
    }
    await transaction.query(
      `insert into public.case_events (case_id, user_id, changed_by, kind, changed_at, changes)
       select case_id, $1, $1, kind, now() - make_interval(mins => minutes_ago), changes
         from jsonb_to_recordset($2) as event (case_id bigint, kind text, minutes_ago int, changes jsonb)
         order by minutes_ago desc`,
      [userId, JSON.stringify(events)],
    );
    await transaction.query(
      `insert into public.case_counts (user_id, status, cases)
       select user_id, status, count(*) from public.cases where user_id = $1 group by user_id, status`,
      [userId],
    );
  });
}

async function rows(connection, query, parameters) {
  return (await connection.driver.query(query, parameters)).rows;
}

function listen(app) {
  return new Promise((resolvePort, reject) => {
    const server = serve(
      {
        hostname: "127.0.0.1",
        port: options.port,
        fetch: (request, env) => app.fetch(request, { peerAddress: env.incoming.socket.remoteAddress ?? null }),
      },
      (address) => resolvePort(address.port),
    );
    server.on("error", reject);
  });
}

// Standard input closes when the parent ends, however it ends.
function endWithParent(connection) {
  const end = () => connection.close().finally(() => process.exit(0));
  process.stdin.on("end", end).on("error", end).resume();
  process.on("SIGTERM", end);
  // Ctrl-C reaches the whole process group; the parent decides when to end.
  process.on("SIGINT", () => {});
}

// Errors carry the parameters of their statement, which can be patient data: only name and code are kept.
function keepParametersOutOfTheLog() {
  for (const level of ["log", "info", "warn", "error", "debug"]) {
    console[level] = (first) => {
      const what = first instanceof Error ? `${first.name} ${first.code ?? ""}` : "message withheld";
      writeSync(process.stdout.fd, `${new Date().toISOString()} ${level} ${what}\n`);
    };
  }
}

// No mail leaves the machine: codes for a new password are read from this file.
async function catchMail({ to, subject, text }) {
  appendFileSync(options.mailFile, `To: ${to}\nSubject: ${subject}\n\n${text}\n\n`, { mode: 0o600 });
}

function isoTimestamp(text) {
  return text.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00");
}

function report(message) {
  writeSync(options.readyFd, JSON.stringify(message) + "\n");
}
