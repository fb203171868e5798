import TheanoGraph

/// What can be compared of operations at little cost: those that are equal have one type and one name. Attributes may differ.
package struct OperationKind: Hashable, Sendable {
  let type: ObjectIdentifier
  let name: String

  init(_ op: any Operation) {
    type = ObjectIdentifier(Swift.type(of: op))
    name = op.name
  }
}
