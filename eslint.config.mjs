// Lints the printed contract and nothing else, as a step of npm run check; the code has oxlint.
//
// test/contract/schema-lint.test.ts shows each rule refuse what it is there for. Left off on purpose are
//
//   alphabetize, description-style, no-hashtag-description: codegen.ts prints the contract sorted and in one style
//   known-*, unique-*, lone-schema-definition, require-nullable-fields-with-oneof and their like: without them there
//     would be no schema to print
//   require-type-pattern-with-oneof: @oneOf is for input here
//   unique-enum-value-names: UPPER_CASE leaves it nothing to find
//   no-root-type: all three are wanted
//   no-scalar-result-type-on-mutation: the convention below says more
//   require-nullable-result-in-root: what can go wrong is a member of the result; a connection is there even when empty
//   require-field-of-type-query-in-mutation-result: a payload has what was changed, and where to go on from
//   strict-id-in-types: what has an identity implements Node; the others are values
//   require-deprecation-reason, require-deprecation-date: test/contract/schema-compatibility.test.ts wants more of a
//     reason, and a date as an argument is not what GraphQL's own @deprecated takes
import graphql from '@graphql-eslint/eslint-plugin';

const SDL = 'schema/schema.graphql';

/** What the names and types of the contract promise, where no rule of the plugin knows it. */
const CONVENTIONS = [
  {
    selector: '[name.value=Mutation] > FieldDefinition > .gqlType Name[value!=/Result$/]',
    message: 'A mutation answers with a union named …Result, of its payload and its errors.',
  },
  {
    selector: '[name.value=Subscription] > FieldDefinition:not(:has(InputValueDefinition[name.value=after]))',
    message: 'A subscription can be taken up again: it has an argument `after`.',
  },
  {
    selector: ':matches(FieldDefinition, InputValueDefinition)[name.value=/Bytes$/] > .gqlType Name[value!=BigInt]',
    message: 'Bytes are counted in BigInt: an Int ends at 2 GiB.',
  },
  {
    selector: ':matches(FieldDefinition, InputValueDefinition)[name.value=/^at$|At$/] > .gqlType Name[value!=DateTime]',
    message: 'What is named …At is a DateTime.',
  },
  {
    selector: 'InputValueDefinition[name.value=/^ids?$|Ids?$/] > .gqlType Name[value!=ID]',
    message: 'What is asked for as …Id is the opaque id of a node: an ID.',
  },
  {
    // nodes(ids) answers null for an id that names nothing: Relay relies on the places of the others.
    selector: 'FieldDefinition:not([name.value=Query] > [name.value=nodes]) ListType > .gqlType[kind=NamedType]',
    message: 'No list has nulls in it.',
  },
];

// oxlint-disable-next-line import/no-default-export -- eslint reads its configuration from there.
export default [
  {
    files: [SDL],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: SDL } } },
    rules: {
      '@graphql-eslint/relay-arguments': 'error',
      '@graphql-eslint/relay-connection-types': 'error',
      // Events and replicas are listed and have no id of their own; a list that cannot grow is no connection.
      '@graphql-eslint/relay-edge-types': ['error', { shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false }],
      '@graphql-eslint/relay-page-info': 'error',
      '@graphql-eslint/input-name': ['error', { checkInputType: true, caseSensitiveInputType: false }],
      '@graphql-eslint/naming-convention': [
        'error',
        {
          types: 'PascalCase',
          FieldDefinition: 'camelCase',
          InputValueDefinition: 'camelCase',
          DirectiveDefinition: 'camelCase',
          EnumValueDefinition: 'UPPER_CASE',
          InputObjectTypeDefinition: { style: 'PascalCase', requiredPattern: /(Input|Filter|Order)$/ },
          'FieldDefinition[parent.name.value=Query]': {
            style: 'camelCase',
            // `queryCost` is the cost of a query, and not a way to query one.
            forbiddenPatterns: [/^(?!queryCost$)(all|fetch|find|get|list|query)[A-Z]/],
          },
        },
      ],
      '@graphql-eslint/no-typename-prefix': 'error',
      '@graphql-eslint/no-unreachable-types': 'error',
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          DirectiveDefinition: true,
        },
      ],
      'no-restricted-syntax': ['error', ...CONVENTIONS],
    },
  },
];
