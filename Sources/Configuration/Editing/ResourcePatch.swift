public import Bytes
public import JSON

/// A JSON merge patch (RFC 7396) of a ``Resource``, as changes of the file.
public enum ResourcePatch {
  /// A member that is invalid.
  public struct Objection: Error {
    /// The member: `headers.Authorization` for one inside another.
    public let member: [UInt8]
    /// What is wrong with it.
    public let message: Text
    /// Whether only the administrator may change the setting, to any value.
    public let isForbidden: Bool

    init(member: [UInt8], message: Text, isForbidden: Bool = false) {
      self.member = member
      self.message = message
      self.isForbidden = isForbidden
    }
  }

  /// The member for a key of the file: `headers.Authorization` for `header.Authorization`.
  public static func member(of key: [UInt8]) -> [UInt8] {
    for family in Resource.families where key.span.hasPrefix(family.prefix) {
      return [UInt8](family.member) + [UInt8(ascii: ".")]
        + key.dropFirst(family.prefix.utf8CodeUnitCount)
    }
    return key
  }

  /// The most settings that one patch may change: each costs a walk through the file.
  public static var mostChanges: Int { 1000 }

  /// The changes that a patch asks for.
  ///
  /// `null` removes a setting's line, so that its default applies. A value that is sent back as it was shown, with
  /// `****` for a secret, is not changed. If a member is repeated, the last one counts. `id` is ignored.
  ///
  /// What only an administrator may change is refused: see ``Setting/isReserved`` and ``PatchGuard``.
  ///
  /// - Parameter resource: The section as it is; `nil` for one to be added.
  public static func changes(
    in patch: JSONValue, to name: SectionName, from resource: Resource?
  ) throws(Objection) -> [ConfigurationChange] {
    precondition(name.kind.isManaged, "the API changes bots and integrations only")
    var changes: [ConfigurationChange] = []
    for member in patch.members where !member.isNamed("id") {
      let key = member.name.string ?? []
      if let family = Resource.families.first(where: { member.isNamed($0.member) }),
        name.kind == .integration
      {
        try append(member.value, of: family, name, resource, to: &changes)
      } else {
        try append(member.value, key, name, resource, to: &changes)
      }
    }
    try PatchGuard(name, from: resource).check(changes)
    return changes
  }

  private static func append(
    _ value: JSONValue, _ key: [UInt8], _ name: SectionName, _ resource: Resource?,
    to changes: inout [ConfigurationChange]
  ) throws(Objection) {
    guard let row = name.kind.setting(for: key.span), !name.kind.settings[row].isFamily else {
      throw Objection(member: key, message: unknownMember(key, of: name))
    }
    let setting = name.kind.settings[row]
    if setting.isReserved, !(resource?.shows(value, as: setting, row: row) ?? value.isNull) {
      throw Objection(
        member: key,
        message: "\(quoting: key) is a path: only an administrator can change it, in the file",
        isForbidden: true)
    }
    guard !value.isNull else { return try put(.unset(name, key: key), key, member: key, &changes) }
    guard let text = text(of: value, for: setting) else {
      throw Objection(
        member: key, message: "\(quoting: key) cannot be \(description(of: value.kind))")
    }
    if case .price = setting.type, let old = resource?.text(row: row),
      (try? Price(old)) == (try? Price(WrittenValue(bytes: text, isDerived: old.isDerived)))
    {
      return remove(key, &changes)
    }
    let masked = resource?.masked(setting, row: row)
    if let masked, masked == text { return remove(key, &changes) }
    if text.span.equals(SecretMask.value) { throw nothingMasked(key) }
    if case .url = setting.type, text.span.extracting(last: 5).equals(SecretMask.query) {
      throw Objection(
        member: key,
        message: "\(quoting: key): **** hides the query; send the whole URL to change it")
    }
    try put(.set(name, key: key, value: text), key, member: key, &changes)
  }

  /// The message about a member that a resource does not have. A key of a family is part of an object here.
  private static func unknownMember(_ key: [UInt8], of name: SectionName) -> Text {
    let meant = OtherNames.hint(for: key.span, in: name.kind) ?? key
    for family in Resource.families
    where name.kind == .integration && meant.span.hasPrefix(family.prefix) {
      let suffix = meant[family.prefix.utf8CodeUnitCount...]
      return """
        unknown key '\(quoting: key)'; did you mean {"\(family.member)": {"\(quoting: Array(suffix))": …}}?
        """
    }
    let unknown = Section(name.kind, name: name.name, origin: .implied)
    return UnknownKey.message(for: key.span, in: unknown)
  }

  /// Changes of the keys of a family, given as an object.
  private static func append(
    _ value: JSONValue, of family: (prefix: StaticString, member: StaticString),
    _ name: SectionName, _ resource: Resource?, to changes: inout [ConfigurationChange]
  ) throws(Objection) {
    let there = resource?.keys(of: family.prefix) ?? []
    let object = [UInt8](family.member)
    if value.isNull {
      for key in there { try put(.unset(name, key: key), key, member: object, &changes) }
      return
    }
    guard value.kind == .object else {
      throw Objection(member: object, message: "\(family.member) must be an object")
    }
    let isJSON = family.prefix.equals("param.")
    for member in value.members {
      let suffix = member.name.string ?? []
      let key = [UInt8](family.prefix) + suffix
      let path = object + [UInt8(ascii: ".")] + suffix
      let text = member.value.string
      if member.value.isNull {
        try put(.unset(name, key: key), key, member: path, &changes)
      } else if text?.span.equals(SecretMask.value) == true {
        guard resource?.hides(key, in: there) == true else { throw nothingMasked(path) }
        remove(key, &changes)
      } else if let text = isJSON ? member.value.span.copied : text {
        try put(.set(name, key: key, value: text), key, member: path, &changes)
      } else {
        throw Objection(member: path, message: "a header field's value must be text")
      }
    }
  }

  /// Adds a change, which replaces an earlier one of the same setting.
  private static func put(
    _ change: ConfigurationChange, _ key: [UInt8], member: [UInt8],
    _ changes: inout [ConfigurationChange]
  ) throws(Objection) {
    remove(key, &changes)
    guard changes.count < mostChanges else {
      throw Objection(
        member: member, message: "a patch may change at most \(mostChanges) settings; send several")
    }
    changes.append(change)
  }

  /// Forgets the change of a setting.
  private static func remove(_ key: [UInt8], _ changes: inout [ConfigurationChange]) {
    if let index = changes.firstIndex(where: { $0.key == key }) { changes.remove(at: index) }
  }

  private static func nothingMasked(_ member: [UInt8]) -> Objection {
    Objection(
      member: member,
      message:
        "\(quoting: member): **** stands for an existing value, but there is none; send the value itself"
    )
  }

  /// A value as the file writes it; `nil` for one that the setting's type cannot have.
  private static func text(of value: JSONValue, for setting: Setting) -> [UInt8]? {
    if let text = value.string { return text }
    if let boolean = value.boolean {
      switch setting.type {
      case .boolean, .choice, .flag, .optionalDuration: return [UInt8](boolean ? "yes" : "no")
      default: return nil
      }
    }
    guard value.kind == .number else { return nil }
    let digits = value.span.copied
    switch setting.type {
    case .duration, .sync, .optionalDuration: return duration(digits)
    case .count, .size, .rate, .breaker: return wholeNumber(digits)
    case .price: return money(digits)
    default: return nil
    }
  }

  /// A whole number as the file writes it. Any other number stays as it is, and is refused later.
  private static func wholeNumber(_ digits: [UInt8]) -> [UInt8] {
    guard let number = DecimalNumber(json: digits.span, shiftedBy: 0), number.isExact else {
      return digits
    }
    return [UInt8](decimal: number.value)
  }

  /// Seconds as the file writes them: without a unit if the client sent a whole number, else in whole seconds or
  /// milliseconds. A time that rounds to zero stays as it is, and is refused later.
  private static func duration(_ digits: [UInt8]) -> [UInt8] {
    guard Int(decimal: digits.span) == nil,
      let time = DecimalNumber(json: digits.span, shiftedBy: 3), time.value != 0 || time.isExact
    else { return digits }
    let isWhole = time.value % 1000 == 0
    return [UInt8](decimal: isWhole ? time.value / 1000 : time.value)
      + [UInt8](isWhole ? "s" : "ms")
  }

  /// Money as the file writes it. What is not exact to a millionth stays as it is, and is refused later.
  private static func money(_ digits: [UInt8]) -> [UInt8] {
    guard let number = DecimalNumber(json: digits.span, shiftedBy: 6), number.isExact,
      number.value >= 0
    else { return digits }
    var text = [UInt8](decimal: number.value / 1_000_000)
    guard number.value % 1_000_000 != 0 else { return text }
    text.append(".")
    text.append(decimal: number.value % 1_000_000, width: 6)
    while text.last == UInt8(ascii: "0") { text.removeLast() }
    return text
  }

  private static func description(of kind: JSONKind) -> StaticString {
    switch kind {
    case .object: "an object"
    case .array: "an array"
    case .string: "a text"
    case .number: "a number"
    case .true, .false: "a boolean"
    case .null: "null"
    }
  }
}

extension ConfigurationChange {
  /// The setting that is changed; `nil` where it is a whole section.
  var key: [UInt8]? {
    switch self {
    case .set(_, let key, _), .unset(_, let key): key
    case .add, .delete: nil
    }
  }
}
