import Backends
import Bytes
import Configuration
import JSON

/// The changes of the configuration file that create, change and delete bots and integrations.
enum ResourceChanges {
  /// The id that the client asks for, or a free one made from the name.
  static func id(
    for patch: JSONValue, _ kind: SectionKind, in configuration: Configuration
  ) throws(APIError) -> [UInt8] {
    if let id = patch["id"], !id.isNull {
      guard let text = id.string, SectionName(kind, text).isValid else {
        throw .invalid("id", "id is not a valid name; \(SectionName.rule).")
      }
      guard !isTaken(SectionName(kind, text), in: configuration) else {
        throw APIError(
          .alreadyExists, "This id is taken: choose another one.", parameter: "id")
      }
      return text
    }
    guard let name = patch["name"]?.string else {
      throw .invalid("name", "name and id are missing: give one of them.")
    }
    let stem = slug(of: name) ?? [UInt8](kind == .bot ? "bot" : "integration")
    var id = stem
    var number = 2
    while isTaken(SectionName(kind, id), in: configuration) {
      id = Array(stem.prefix(58)) + [UInt8(ascii: "-")]
      id.append(decimal: number)
      number += 1
    }
    return id
  }

  /// Whether another section has the name, or another bot has it as an alias.
  private static func isTaken(_ name: SectionName, in configuration: Configuration) -> Bool {
    configuration.resource(name) != nil
      || name.kind == .bot
        && configuration.bots.contains { bot in
          bot.aliases.contains { !$0.isPattern && $0.name == name.name }
        }
  }

  /// Adds a bot. An implied bot gets its section first, because it would vanish once the file has another bot.
  static func addingBot(
    _ name: SectionName, to configuration: Configuration
  ) -> [ConfigurationChange] {
    var changes: [ConfigurationChange] = []
    for bot in configuration.resources(.bot) where bot.isImplied { changes.append(.add(bot.name)) }
    changes.append(.add(name))
    // With two bots, each integration and each channel must name its bot.
    for kind in [SectionKind.integration, .channel] {
      for user in configuration.resources(kind) where !user.isImplied {
        changes.append(.set(user.name, key: [UInt8]("bot"), value: user.bot))
      }
    }
    return changes
  }

  /// Adds an integration to a bot.
  static func addingIntegration(_ name: SectionName, to bot: [UInt8]) -> [ConfigurationChange] {
    [.add(name), .set(name, key: [UInt8]("bot"), value: bot)]
  }

  /// Deletes a bot with its integrations, or an integration.
  static func deleting(
    _ resource: Resource, from configuration: Configuration
  ) throws(APIError) -> [ConfigurationChange] {
    guard !resource.isImplied else {
      throw APIError(
        .implied,
        "The configuration file has no section for it, so it cannot be deleted: it is there by default."
      )
    }
    var changes: [ConfigurationChange] = []
    if resource.name.kind == .bot {
      for key in configuration.keys where key.bots.contains(resource.name.name) {
        throw APIError(
          .inUse, "[key \(key.id)] is limited to bots, this one among them: change the key first."
        )
      }
      if configuration.channels.contains(where: { $0.bot == resource.name.name }) {
        throw APIError(.inUse, "A [channel NAME] leads to this bot: change it first.")
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
      var fault = APIError(
        error.isForbidden ? .administratorOnly : .invalidParameter, error.message)
      fault.parameter = error.member
      throw fault
    }
  }

  /// The letters and digits in lower case, with `-` for each run of other characters; `nil` if nothing is left.
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
  /// Its path in the API.
  var path: [UInt8] {
    [UInt8](kind == .bot ? "/v1/bots/" : "/v1/integrations/") + name
  }
}

extension APIError {
  /// 412 for a resource that has changed since the client read it.
  static var preconditionFailed: APIError {
    APIError(
      .preconditionFailed, "It has changed since: read it again, and send its ETag.")
  }
}
