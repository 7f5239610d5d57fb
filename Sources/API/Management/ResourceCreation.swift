import Backends
import Bytes
import Configuration
import JSON

/// What changes of the file it takes to make, change and delete bots and integrations.
enum ResourceCreation {
  /// The id that a client asks for, or one made from the name that is not taken yet.
  static func id(
    for patch: JSONValue, _ kind: SectionKind, in configuration: Configuration
  ) throws(APIError) -> [UInt8] {
    if let id = patch["id"], !id.isNull {
      guard let text = id.string, SectionName(kind, text).isValid else {
        throw .invalid("id", "id has 1 to 64 of a-z, 0-9, '_' and '-', first not _ or -")
      }
      guard configuration.resource(SectionName(kind, text)) == nil else {
        throw APIError(
          .alreadyExists, "There is one of this id already.", parameter: "id")
      }
      return text
    }
    guard let name = patch["name"]?.string else {
      throw .invalid("name", "name is missing: what people call it, or an id.")
    }
    let stem = slug(of: name) ?? [UInt8](kind == .bot ? "bot" : "integration")
    var id = stem
    var number = 2
    while configuration.resource(SectionName(kind, id)) != nil {
      id = Array(stem.prefix(58)) + [UInt8(ascii: "-")]
      id.append(decimal: number)
      number += 1
    }
    return id
  }

  /// A bot. One that was only implied is written down first: with another in the file it would be gone.
  static func addingBot(
    _ name: SectionName, to configuration: Configuration
  ) -> [ConfigurationChange] {
    var changes: [ConfigurationChange] = []
    for bot in configuration.resources(.bot) where bot.isImplied { changes.append(.add(bot.name)) }
    changes.append(.add(name))
    // With two bots, each integration has to say whose it is.
    for integration in configuration.resources(.integration) where !integration.isImplied {
      changes.append(.set(integration.name, key: [UInt8]("bot"), value: integration.bot))
    }
    return changes
  }

  /// An integration of a bot.
  static func addingIntegration(_ name: SectionName, to bot: [UInt8]) -> [ConfigurationChange] {
    [.add(name), .set(name, key: [UInt8]("bot"), value: bot)]
  }

  /// A bot with its integrations, or an integration.
  static func deleting(
    _ resource: Resource, from configuration: Configuration
  ) throws(APIError) -> [ConfigurationChange] {
    guard !resource.isImplied else {
      throw APIError(
        .implied,
        "It does not stand in the configuration file, but follows from what does: it cannot be deleted."
      )
    }
    var changes: [ConfigurationChange] = []
    if resource.name.kind == .bot {
      for key in configuration.keys where key.bots.contains(resource.name.name) {
        throw APIError(
          .inUse, "[key \(key.id)] is limited to this bot, among others or alone."
        )
      }
      for integration in configuration.resources(.integration)
      where integration.bot == resource.name.name && !integration.isImplied {
        changes.append(.delete(integration.name))
      }
    }
    return changes + [.delete(resource.name)]
  }

  /// The changes of a merge patch.
  static func changes(
    in patch: JSONValue, to name: SectionName, from resource: Resource?
  ) throws(APIError) -> [ConfigurationChange] {
    do throws(ResourcePatch.Objection) {
      return try ResourcePatch.changes(in: patch, to: name, from: resource)
    } catch {
      var fault = APIError(.invalidParameter, error.message)
      fault.parameter = error.member
      throw fault
    }
  }

  /// Letters and digits in lower case, `-` for each run of anything else; `nil` where nothing is left.
  private static func slug(of name: [UInt8]) -> [UInt8]? {
    var slug: [UInt8] = []
    for byte in name where slug.count < 64 {
      if byte.isASCIILetter || byte.isASCIIDigit {
        slug.append(byte.lowercasedASCII)
      } else if let last = slug.last, last != UInt8(ascii: "-") {
        slug.append(UInt8(ascii: "-"))
      }
    }
    if slug.last == UInt8(ascii: "-") { slug.removeLast() }
    return slug.isEmpty ? nil : slug
  }
}

extension SectionName {
  /// Where it is in the API.
  var path: [UInt8] {
    [UInt8](kind == .bot ? "/v1/bots/" : "/v1/integrations/") + name
  }
}

extension APIError {
  /// The resource is not what the client last saw.
  static var preconditionFailed: APIError {
    APIError(
      .preconditionFailed, "It has been changed since: If-Match has not its current ETag.")
  }
}
