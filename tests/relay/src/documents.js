// What a Relay application declares beside its components: a fragment, a page that goes on over a root field, and
// one over a field of a thing. Both are fragments on Query: `@refetchable` on a thing would ask by a `node` that has
// no argument but `id`, and so forget the day.
import { graphql } from "relay-runtime";

graphql`
  fragment documents_outcome on Outcome {
    key
    title { zh en }
    credit { amount scheme }
  }
`;

graphql`
  fragment documents_outcomes on Query
  @refetchable(queryName: "documents_NextOutcomesQuery")
  @argumentDefinitions(
    where: { type: "OutcomeFilter" }
    orderBy: { type: "Order" }
    asOf: { type: "AsOf" }
    first: { type: "Int", defaultValue: 5 }
    after: { type: "String" }
  ) {
    outcomes(where: $where, orderBy: $orderBy, asOf: $asOf, first: $first, after: $after)
      @connection(key: "documents_outcomes", filters: ["where", "orderBy", "asOf"]) {
      totalCount
      edges { node { id ...documents_outcome } }
    }
  }
`;

graphql`
  query documents_OutcomesQuery($where: OutcomeFilter, $orderBy: Order, $asOf: AsOf, $first: Int!) {
    ...documents_outcomes @arguments(where: $where, orderBy: $orderBy, asOf: $asOf, first: $first)
  }
`;

graphql`
  fragment documents_offers on Query
  @refetchable(queryName: "documents_NextOffersQuery")
  @argumentDefinitions(
    key: { type: "Key!" }
    asOf: { type: "AsOf" }
    first: { type: "Int", defaultValue: 2 }
    after: { type: "String" }
  ) {
    institution(key: $key, asOf: $asOf) {
      outcomes(first: $first, after: $after) @connection(key: "documents_offers_outcomes") {
        edges { node { ...documents_outcome } }
      }
    }
  }
`;

graphql`
  query documents_OffersQuery($key: Key!, $asOf: AsOf) {
    ...documents_offers @arguments(key: $key, asOf: $asOf)
  }
`;

graphql`
  subscription documents_PublishedSubscription($since: DateTime) {
    graphChanged(since: $since) { published }
  }
`;
