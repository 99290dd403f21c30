// The script by `trino-client` of npm: client.mjs HOST PORT < blocks (JSON lines), transcript on standard output.
// The client has neither parameters nor transactions: those blocks go as PREPARE and EXECUTE ... USING text, or are left out.
import { createInterface } from 'node:readline';
import { BasicAuth, Trino } from 'trino-client';

const [host, port] = process.argv.slice(2);
const connection = { server: `http://${host}:${port}`, source: 'driver-node', catalog: 'tpch', schema: 'tiny', auth: new BasicAuth('test') };
const client = Trino.create(connection);

class QueryFailed extends Error {
  constructor(error) {
    super(error.message);
    this.error = error;
  }
}

async function* results(query) {
  for await (const result of await client.query(query)) {
    if (result.error) throw new QueryFailed(result.error);
    yield result;
  }
}

// Shown once all is read, since how much is seen before an error is a matter of timing.
async function show(query, withColumns = true) {
  let columns = null;
  const rows = [];
  for await (const result of results(query)) {
    columns ??= result.columns;
    rows.push(...result.data ?? []);
  }
  if (withColumns) console.log('columns', columns.map(c => `${c.name}:${c.type}`).join(' '));
  for (const row of rows) console.log('row', JSON.stringify(row));
}

async function update(query) {
  let last = {};
  for await (const result of results(query)) last = result;
  console.log('type', last.updateType, 'count', last.updateCount);
}

const literals = {
  varchar: text => `'${text.replaceAll("'", "''")}'`,
  double: text => `DOUBLE '${text}'`,
  null: () => 'NULL',
};

async function prepared({ sql, parameters }) {
  const values = parameters.map(([kind, text]) => (literals[kind] ?? (t => t))(text)).join(', ');
  const extraHeaders = { 'X-Trino-Prepared-Statement': `p=${encodeURIComponent(sql)}` };
  await show({ query: `EXECUTE p USING ${values}`, extraHeaders });
}

// The iterator gives no id before there are rows, so the query is looked up by the mark in its text.
async function stop(query) {
  const mark = query.match(/cancel-\w+/)[0];
  const running = `SELECT query_id FROM system.runtime.queries WHERE query LIKE '%/* ${mark} */%'
    AND query NOT LIKE '%system.runtime%' AND state = 'RUNNING'`;
  for await (const result of results(running)) {
    for (const [id] of result.data ?? []) await client.cancel(id);
  }
}

async function cancel(query) {
  setTimeout(() => stop(query).catch(error => console.log('cancel failed', error.message)), 2000);
  try {
    for await (const result of results(query));
    console.log('not cancelled');
  } catch (error) {
    console.log('cancelled', error instanceof QueryFailed);
  }
}

async function fetchAll(query) {
  let count = 0, keys = 0, lengths = 0;
  for await (const result of results(query)) {
    for (const row of result.data ?? []) {
      count++;
      keys += row[0];
      lengths += row[row.length - 1].length;
    }
  }
  console.log('fetched', count, keys, lengths);
}

const kinds = {
  query: block => show(block.sql),
  update: block => update(block.sql),
  prepared,
  session: block => show({ query: block.sql, session: Object.fromEntries(block.parameters) }, false),
  cancel: block => cancel(block.sql),
  fetch: block => fetchAll(block.sql),
};

for await (const line of createInterface({ input: process.stdin })) {
  const block = JSON.parse(line);
  if (!kinds[block.kind]) continue;
  console.log('==', block.kind, block.name);
  try {
    await kinds[block.kind](block);
  } catch (error) {
    if (!(error instanceof QueryFailed)) console.log('error', error.message);
    else console.log('error', error.error.errorName, error.error.errorCode, error.error.errorType, error.error.message);
  }
}
