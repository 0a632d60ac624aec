// Says of requests, a line of JSON each, whether graphql-js finds them fit to be carried out.
// The first line holds the schema. See internal/gateway/verdict_test.go.
import { createInterface } from 'node:readline';
import { buildSchema, getVariableValues, parse, validate } from 'graphql';

function verdict(schema, { query, variables, operationName }) {
  let document;
  try {
    document = parse(query);
  } catch (error) {
    return { stage: 'parse', message: error.message };
  }
  const [error] = validate(schema, document);
  if (error) return { stage: 'validate', message: error.message };
  const operations = document.definitions.filter((d) => d.kind === 'OperationDefinition');
  // "Operation Type Existence": a rule that this version leaves to the execution.
  const rootless = operations.find((o) => !schema.getRootType(o.operation));
  if (rootless) return { stage: 'validate', message: `There is no ${rootless.operation} type.` };
  const named = operationName ? operations.filter((o) => o.name?.value === operationName) : operations;
  if (named.length !== 1) return { stage: 'select', message: `${named.length} operations are meant.` };
  const { errors } = getVariableValues(schema, named[0].variableDefinitions ?? [], variables ?? {});
  if (errors) return { stage: 'variables', message: errors[0].message };
  return { valid: true };
}

let schema;
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (schema) console.log(JSON.stringify(verdict(schema, message)));
  else schema = buildSchema(message.schema);
}
