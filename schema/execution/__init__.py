"""Compiled execution of GraphQL: the same answers as graphql-core's executor, sooner.

Whatever the resolvers of an operation hand over as plain objects, down to the last leaf, is read by a function that is
written for just these fields the second time the operation is asked. It reads attributes, checks types, and builds the
answer; it calls nothing that could act. As soon as a value is not what the schema says, or not of a type for which
graphql-core's way is known, the function gives up without a trace, and graphql-core completes the same value: errors,
nulls that bubble, awaitables, abstract types and resolvers are its own business and stay so.

Here is no word of what is asked for: this package knows graphql-core, and one module of it, `strawberry_facts`, knows
how Strawberry reads an attribute.
"""

from schema.execution.executor import Compiled
from schema.execution.strawberry_facts import CompiledStrawberry

__all__ = ["Compiled", "CompiledStrawberry"]
