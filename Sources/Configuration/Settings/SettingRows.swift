import Bytes

/// Visits the settings of a section one after another, each bound to its field.
///
/// Without a section it collects the rows of the table. With one, complete and valid, it fills the
/// fields. Both visits run through the same `bind`, so that a row and its field cannot be mixed up.
struct SettingRows {
  private let section: Section?
  private var table: [Setting] = []
  private var row = 0

  /// Visits that fill fields with the values of a section.
  init(filling section: Section) {
    self.section = section
  }

  private init() {
    section = nil
  }

  /// The rows of a kind of section.
  static func table<Settings: SectionSettings>(of settings: Settings) -> [Setting] {
    var settings = settings
    var rows = SettingRows()
    settings.bind(&rows)
    return rows.table
  }

  /// Visits one row. Returns what the section has for it.
  @inline(never)
  private mutating func visit(
    _ name: StaticString, _ type: SettingType, _ standard: StaticString, isSecret: Bool = false,
    _ documentation: SettingDocumentation
  ) -> SettingEntry? {
    guard let section else {
      table.append(
        Setting(
          name: name, type: type, standard: standard, isSecret: isSecret,
          documentation: documentation))
      return nil
    }
    row += 1
    return section.entry(row: row - 1)
  }

  /// A section to be filled is complete: only the table of settings can be wrong.
  private func expect(_ hasValue: Bool) {
    precondition(hasValue || section == nil, "a setting without a value has a field that needs one")
  }
}

// MARK: - Words and numbers

extension SettingRows {
  /// A row of `yes` or `no`.
  @inline(never)
  mutating func boolean(
    _ name: StaticString, _ field: inout Bool, standard: StaticString,
    _ documentation: SettingDocumentation
  ) {
    let entry = visit(name, .boolean, standard, documentation)
    if let value = entry?.boolean { field = value } else { expect(false) }
  }

  /// A row of a few words, each a case of the field's type.
  @inline(never)
  mutating func choice<Value: SettingWord>(
    _ name: StaticString, _ field: inout Value, standard: StaticString, isFlag: Bool = false,
    _ documentation: SettingDocumentation
  ) {
    let words = WordList(of: Value.self)
    let word = word(name, isFlag ? .flag(words) : .choice(words), standard, documentation)
    if let word, let value = Value(word: word.span) { field = value }
  }

  /// What all choices have in common: each type has a copy of the rest.
  @inline(never)
  private mutating func word(
    _ name: StaticString, _ type: SettingType, _ standard: StaticString,
    _ documentation: SettingDocumentation
  ) -> [UInt8]? {
    let word = visit(name, type, standard, documentation)?.word
    expect(word != nil)
    return word
  }

  /// A row of whole numbers.
  @inline(never)
  mutating func count(
    _ name: StaticString, _ range: ClosedRange<Int>, _ field: inout Int,
    standard: StaticString = "", _ documentation: SettingDocumentation
  ) {
    fill(&field, from: visit(name, .count(range), standard, documentation))
  }

  /// A row of whole numbers that may be absent.
  @inline(never)
  mutating func count(
    _ name: StaticString, _ range: ClosedRange<Int>, _ field: inout Int?,
    _ documentation: SettingDocumentation
  ) {
    field = visit(name, .count(range), "", documentation)?.number
  }

  /// A row of times. The range and the field are in milliseconds.
  @inline(never)
  mutating func duration(
    _ name: StaticString, _ range: ClosedRange<Int>, _ field: inout Int, standard: StaticString,
    _ documentation: SettingDocumentation
  ) {
    fill(&field, from: visit(name, .duration(range), standard, documentation))
  }

  /// A row of `no` or a time. The range and the field are in milliseconds.
  @inline(never)
  mutating func duration(
    _ name: StaticString, _ range: ClosedRange<Int>, _ field: inout Int?, standard: StaticString,
    _ documentation: SettingDocumentation
  ) {
    field = visit(name, .optionalDuration(range), standard, documentation)?.number
  }

  /// A row of sizes. The range and the field are in bytes.
  @inline(never)
  mutating func size(
    _ name: StaticString, _ range: ClosedRange<Int>, _ field: inout Int, standard: StaticString,
    _ documentation: SettingDocumentation
  ) {
    fill(&field, from: visit(name, .size(range), standard, documentation))
  }

  /// A row of `always`, `never` or a time. The range is in milliseconds.
  @inline(never)
  mutating func sync(
    _ name: StaticString, _ range: ClosedRange<Int>, _ field: inout ContextSettings.Sync,
    standard: StaticString, _ documentation: SettingDocumentation
  ) {
    let entry = visit(name, .sync(range), standard, documentation)
    if case .sync(let value) = entry?.value { field = value } else { expect(false) }
  }

  private func fill(_ field: inout Int, from entry: SettingEntry?) {
    if let value = entry?.number { field = value } else { expect(false) }
  }
}

// MARK: - Texts

extension SettingRows {
  /// A row of texts that every section has.
  @inline(never)
  mutating func text(
    _ name: StaticString, _ type: SettingType, _ field: inout [UInt8], standard: StaticString = "",
    _ documentation: SettingDocumentation
  ) {
    let entry = visit(name, type, standard, documentation)
    if let text = entry?.text { field = text.bytes } else { expect(false) }
  }

  /// A row of texts that may be absent.
  @inline(never)
  mutating func text(
    _ name: StaticString, _ type: SettingType, _ field: inout [UInt8]?,
    _ documentation: SettingDocumentation
  ) {
    field = visit(name, type, "", documentation)?.text?.bytes
  }

  /// A row of texts that `read`, the same function that checked them, makes into the field's type.
  ///
  /// The field keeps its value where the setting is absent.
  @inline(never)
  mutating func parsed<Value>(
    _ name: StaticString, _ type: SettingType, _ field: inout Value,
    _ read: (WrittenValue) throws(InvalidValue) -> Value, standard: StaticString = "",
    isSecret: Bool = false, _ documentation: SettingDocumentation
  ) {
    let text = written(name, type, standard, isSecret, documentation)
    if let text { field = text.parsed(read) }
  }

  /// What all parsed texts have in common: each type has a copy of the rest.
  @inline(never)
  private mutating func written(
    _ name: StaticString, _ type: SettingType, _ standard: StaticString, _ isSecret: Bool,
    _ documentation: SettingDocumentation
  ) -> WrittenValue? {
    visit(name, type, standard, isSecret: isSecret, documentation)?.text
  }

  /// A row for all keys that begin with a name, in file order.
  @inline(never)
  mutating func family(
    _ name: StaticString, _ type: SettingType, _ field: inout [NamedText], isSecret: Bool = false,
    _ documentation: SettingDocumentation
  ) {
    _ = visit(name, type, "", isSecret: isSecret, documentation)
    if let section { field = section.family(row: row - 1) }
  }
}
