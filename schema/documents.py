"""Documents: read, bounded, validated, and remembered, so that one asked again costs only its answer."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, OperationType, parse, specified_rules
from graphql.language.parser import MAX_NESTING_DEPTH
from strawberry import Schema
from strawberry.schema.schema import validate_document

from schema.errors import DocumentRefused, LimitExceeded, Refusal
from schema.introspection import only_introspects
from schema.limits import Figures, Limits, check, measure
from schema.plain import PlainExecutor
from schema.sharing import Demands, Sharing
from schema.weights import Weights

KEPT: Final = 512  # documents
KEPT_LENGTH: Final = 512_000  # characters of all kept documents together
LONGEST_KEPT: Final = 16_000  # characters of one

# graphql-core says it in words only; a test pins them.
_TOO_MUCH = re.compile(r"contains more than (\d+) (tokens|comments)")


@dataclass(slots=True)
class Document:
    """A parsed document and what is known about it."""

    ast: DocumentNode
    length: int
    figures: dict[str | None, Figures] = field(default_factory=dict)
    valid: bool = False
    demands: Demands = frozenset()
    executor: type[PlainExecutor] = PlainExecutor

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Find the operation to run: the only one, or the named one."""
        operations = [d for d in self.ast.definitions if isinstance(d, OperationDefinitionNode)]
        if name is None and len(operations) > 1:
            raise Refusal("OPERATION_AMBIGUOUS", count=len(operations))
        for operation in operations:
            if name is None or (operation.name and operation.name.value == name):
                return operation
        raise Refusal("OPERATION_UNKNOWN")


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation that may run; one that `introspects` is answered from the schema alone, and long.

    `demands` are the permissions it asks for, `executor` is what runs it.
    """

    ast: DocumentNode
    kind: OperationType
    introspects: bool
    demands: Demands
    executor: type[PlainExecutor]


class Documents:
    """The documents of one schema, under its limits; kept by the hash of their text, oldest out first."""

    def __init__(self, schema: Schema, limits: Limits) -> None:
        self._schema = schema._schema
        self._demanded = Sharing(schema).demands
        self._limits = limits
        self._weights = Weights(self._schema)
        self._kept: OrderedDict[bytes, Document] = OrderedDict()
        self._length = 0

    @property
    def kept(self) -> int:
        """How many documents are kept now."""
        return len(self._kept)

    def prepare(self, text: str, name: str | None, variables: dict[str, Any] | None) -> Prepared:
        """Give an operation that may run; raise `Refusal` or `DocumentRefused` otherwise."""
        key = hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
        document = self._find(key) or Document(self._parse(text), len(text))
        operation = document.operation(name)
        figures = self._bound(document, operation, name, variables)
        introspects = figures.introspection > 0
        if introspects and not only_introspects(document.ast, operation):
            raise Refusal("INTROSPECTION_NOT_ALONE")
        if not document.valid:
            self._validate(document)
            if figures.directives == 0:
                document.executor = PlainExecutor.remembering()
            self._keep(key, document)
        return Prepared(document.ast, operation.operation, introspects, document.demands, document.executor)

    def _parse(self, text: str) -> DocumentNode:
        limits = self._limits
        if len(text) > limits.characters:
            raise LimitExceeded("DOCUMENT_TOO_LONG", value=len(text), limit=limits.characters)
        try:
            return parse(text, max_lexical_tokens=limits.tokens, max_comments=limits.comments)
        except GraphQLError as error:
            raise self._unparsed(error) from error

    def _unparsed(self, error: GraphQLError) -> Exception:
        if found := _TOO_MUCH.search(error.message):
            return LimitExceeded("TOO_MANY_TOKENS", limit=int(found[1]), what=found[2])
        if "nested too deeply" in error.message:
            return LimitExceeded("QUERY_TOO_DEEP", value=MAX_NESTING_DEPTH + 1, limit=self._limits.depth)
        return DocumentRefused("GRAPHQL_PARSE_FAILED", [error])

    def _bound(
        self,
        document: Document,
        operation: OperationDefinitionNode,
        name: str | None,
        variables: dict[str, Any] | None,
    ) -> Figures:
        figures = document.figures.get(name)
        if figures is None or figures.sized_by:
            figures = measure(document.ast, operation, self._weights, variables)
            document.figures[name] = figures
        check(figures, self._limits)
        return figures

    def _validate(self, document: Document) -> None:
        errors = validate_document(self._schema, document.ast, tuple(specified_rules))
        if errors:
            raise DocumentRefused("GRAPHQL_VALIDATION_FAILED", errors)
        document.valid = True
        document.demands = self._demanded(document.ast)

    def _find(self, key: bytes) -> Document | None:
        document = self._kept.get(key)
        if document:
            self._kept.move_to_end(key)
        return document

    def _keep(self, key: bytes, document: Document) -> None:
        if document.length > LONGEST_KEPT:
            return
        self._kept[key] = document
        self._length += document.length
        while len(self._kept) > KEPT or self._length > KEPT_LENGTH:
            self._length -= self._kept.popitem(last=False)[1].length
