import Backends
import Bytes
import Configuration
import JSON

/// A change of several bots and integrations at once, for a preview: `{"bots": {ID: …}, "integrations": {ID: …}}`.
///
/// It is a JSON merge patch (RFC 7396): an object changes the bot or the integration, or adds a missing one, and `null`
/// deletes it.
struct ConfigurationPatch {
  private let patch: JSONValue
  private let key: APIKeySettings?

  init(_ patch: JSONValue, _ key: APIKeySettings?) {
    self.patch = patch
    self.key = key
  }

  /// The changes of the file that the same calls of the management API would make.
  func changes(of configuration: Configuration) throws(APIError) -> [ConfigurationChange] {
    var changes: [ConfigurationChange] = []
    for member in patch.members {
      let kind: SectionKind
      if member.isNamed("bots") {
        kind = .bot
      } else if member.isNamed("integrations") {
        kind = .integration
      } else {
        throw Self.invalid(member.name, "Only bots and integrations are known here.")
      }
      guard member.value.kind == .object else {
        throw Self.invalid(member.name, "It must be an object with a member for each id.")
      }
      for resource in member.value.members {
        let value = resource.value
        guard value.isNull || value.kind == .object else {
          throw Self.invalid(resource.name, "A change must be an object, or null to delete.")
        }
        let name = SectionName(kind, resource.name.string ?? [])
        if let id = value["id"], !id.isNull, id.string != name.name {
          throw .invalid("id", "An id cannot be changed: leave it out.")
        }
        changes += try self.changes(to: name, value, of: configuration)
      }
    }
    guard !changes.isEmpty || patch.members.contains(where: { !$0.value.isEmpty }) else {
      throw .invalid("bots", "Name what to change: {\"integrations\": {\"ID\": {\"weight\": 2}}}.")
    }
    return changes
  }

  private static func invalid(_ member: JSONValue, _ message: Text) -> APIError {
    var error = APIError(.invalidParameter, message)
    error.parameter = member.string
    return error
  }

  private func changes(
    to name: SectionName, _ value: JSONValue, of configuration: Configuration
  ) throws(APIError) -> [ConfigurationChange] {
    let bot = value["bot"]?.string
    if let bot, name.kind == .integration { try key.checkReaches(bot) }
    if configuration.resource(name) != nil {
      let resource = try configuration.resource(name, for: key)
      if value.isNull { return try ResourceChanges.deleting(resource, from: configuration) }
      return try ResourceChanges.changes(in: value, to: name, from: resource)
    }
    guard !value.isNull else { throw key.missing(.noSuch(name.kind)) }
    // A key that is limited to bots must say for which of them.
    if name.kind == .bot {
      try key.checkReachesAll("add others")
    } else if bot == nil {
      try key.checkReaches([])
    }
    let addition =
      name.kind == .bot ? ResourceChanges.addingBot(name, to: configuration) : [.add(name)]
    return try addition + ResourceChanges.changes(in: value, to: name, from: nil)
  }
}
