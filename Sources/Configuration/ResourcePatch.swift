public import Bytes
public import JSON

/// What a client wants to be different in a section: a JSON merge patch (RFC 7396) of a ``Resource``, as changes of the
/// file.
public enum ResourcePatch {
  /// A member that is not as it must be.
  public struct Objection: Error {
    /// The member, `headers.Authorization` for one inside.
    public let member: [UInt8]
    /// What is wrong with it.
    public let message: Text
  }

  /// The changes that a patch asks for. `null` takes a setting's line out, so that its default holds; what comes back
  /// as it was shown, with `****` for a secret, is left as it is. `id` is not looked at.
  ///
  /// - Parameter resource: What is there; `nil` for a section that is to be added.
  public static func changes(
    in patch: JSONValue, to name: SectionName, from resource: Resource?
  ) throws(Objection) -> [ConfigurationChange] {
    var changes: [ConfigurationChange] = []
    for member in patch.members {
      if member.name.equals("id") { continue }
      let key = (member.name.string ?? [])
      if let family = Resource.families.first(where: { member.name.equals($0.member) }),
        name.kind == .integration
      {
        try append(member.value, of: family, name, resource, to: &changes)
      } else {
        try append(member.value, key, name, resource, to: &changes)
      }
    }
    return changes
  }

  private static func append(
    _ value: JSONValue, _ key: [UInt8], _ name: SectionName, _ resource: Resource?,
    to changes: inout [ConfigurationChange]
  ) throws(Objection) {
    guard let row = name.kind.setting(for: key.span), !name.kind.settings[row].isFamily else {
      let unknown = Section(name.kind, name: name.name, origin: .implied)
      throw Objection(member: key, message: UnknownKey.message(for: key.span, in: unknown))
    }
    let setting = name.kind.settings[row]
    guard !value.isNull else { return changes.append(.unset(name, key: key)) }
    guard let text = text(of: value, for: setting) else {
      throw Objection(member: key, message: "\(quoting: key): a value of this kind is not taken")
    }
    if let masked = resource?.masked(setting, row: row), masked == text { return }
    changes.append(.set(name, key: key, value: text))
  }

  /// Changes of the keys of a family, given as an object.
  private static func append(
    _ value: JSONValue, of family: (prefix: StaticString, member: StaticString),
    _ name: SectionName, _ resource: Resource?, to changes: inout [ConfigurationChange]
  ) throws(Objection) {
    if value.isNull {
      for key in resource?.keys(of: family.prefix) ?? [] { changes.append(.unset(name, key: key)) }
      return
    }
    guard value.kind == .object else {
      throw Objection(member: [UInt8](family.member), message: "\(family.member) must be an object")
    }
    let isJSON = family.prefix.equals("param.")
    for member in value.members {
      let suffix = (member.name.string ?? [])
      let key = [UInt8](family.prefix) + suffix
      if member.value.isNull {
        changes.append(.unset(name, key: key))
      } else if let text = member.value.string, text.span.equals(SettingEntry.mask) {
        continue
      } else if isJSON {
        changes.append(.set(name, key: key, value: member.value.span.copied))
      } else if let text = member.value.string {
        changes.append(.set(name, key: key, value: text))
      } else {
        throw Objection(
          member: [UInt8](family.member) + [UInt8(ascii: ".")] + suffix,
          message: "a header field's value must be text")
      }
    }
  }

  /// A value as the file has it; `nil` for one that no setting of this type can have.
  private static func text(of value: JSONValue, for setting: Setting) -> [UInt8]? {
    if let text = value.string { return text }
    if let boolean = value.boolean {
      guard case .boolean = setting.type else { return nil }
      return [UInt8](boolean ? "yes" : "no")
    }
    guard value.kind == .number else { return nil }
    let digits = value.span.copied
    switch setting.type {
    case .duration, .interval: return duration(digits)
    case .count, .size, .rate, .breaker: return digits
    default: return nil
    }
  }

  /// Seconds as the file has them: a fraction becomes milliseconds.
  private static func duration(_ digits: [UInt8]) -> [UInt8]? {
    guard let point = digits.firstIndex(of: UInt8(ascii: ".")) else { return digits }
    let fraction = digits[(point + 1)...]
    guard fraction.count <= 3, let seconds = Int(decimal: digits.span.extracting(0..<point)),
      var milliseconds = Int(decimal: digits.span.extracting(point + 1..<digits.count)),
      seconds < 1 << 40
    else { return digits }
    for _ in fraction.count..<3 { milliseconds *= 10 }
    var text: [UInt8] = []
    text.append(decimal: seconds * 1000 + milliseconds)
    text.append("ms")
    return text
  }
}
