import Bytes

/// What an invalid value probably means.
extension Setting {
  /// What to write instead of a value that this setting refuses, or a phrase that says so; `nil` if it cannot be guessed.
  ///
  /// `text` is as the file has it, without `${…}`. Only numbers and words of a few letters are repeated: a value may be a
  /// secret.
  func hint(for text: Span<UInt8>) -> [UInt8]? {
    switch type {
    case .boolean: Self.choice(text, Self.yesOrNo)
    case .choice(let words), .flag(let words):
      name.equals("type") ? Self.vendor(text) ?? Self.choice(text, words) : Self.choice(text, words)
    case .scopes: Self.scope(text)
    case .duration, .sync: Self.duration(text)
    case .optionalDuration: Self.choice(text, Self.no) ?? Self.duration(text)
    case .size: Self.size(text)
    case .count: Self.count(text)
    case .addresses: Self.address(text)
    case .breaker: Self.other(Self.pair(text, standard: "30s"), than: text)
    case .rate: Self.other(Self.pair(text, standard: nil), than: text)
    case .json: Self.json(text)
    default: nil
    }
  }

  // MARK: Words

  private static let yesOrNo: WordList = ["yes", "no"]
  private static let no: WordList = ["no"]
  private static let scopes = WordList(of: Scopes.self)

  /// The word of a list that other programs write so, or that is near.
  private static func choice(_ text: Span<UInt8>, _ words: WordList) -> [UInt8]? {
    guard text.count <= 24 else { return nil }
    let lower = text.copied.map { $0.lowercasedASCII }
    for candidate in (synonyms.value(of: lower.span) ?? []).split(separator: UInt8(ascii: " ")) {
      if let word = words.word(candidate.span) { return [UInt8](word) }
    }
    var names = NearestName()
    if let near = names.find(text, among: words.words.map { [UInt8]($0) }) { return near }
    // 'yes please'.
    let first = text.extracting(0..<end(ofFirst: text))
    return first.count < text.count ? words.word(first).map { [UInt8]($0) } : nil
  }

  /// The scope that the first wrong one of a list means.
  private static func scope(_ text: Span<UInt8>) -> [UInt8]? {
    for item in text.copied.split(separator: UInt8(ascii: ",")) {
      let item = item.span.trimmingBlanks
      if scopes.word(item) != nil { continue }
      let first = item.extracting(0..<end(ofFirst: item))
      return scopes.word(first) != nil ? [UInt8](commas) : choice(item, scopes)
    }
    return nil
  }

  private static let commas: StaticString = "separate them by commas"

  /// Where the first of several values ends, if blanks or semicolons separate them.
  private static func end(ofFirst item: Span<UInt8>) -> Int {
    item.indices.first { item[$0].isBlank || item[$0] == UInt8(ascii: ";") } ?? item.count
  }

  /// A hint, unless it is the value itself, which is only out of range.
  private static func other(_ hint: [UInt8]?, than text: Span<UInt8>) -> [UInt8]? {
    hint == text.copied ? nil : hint
  }

  /// Words of other programs, each with the words of Postern that it may mean.
  private static let synonyms: StaticString = """
    warn=warning
    err fatal crit critical alert emerg panic=error
    notice information normal=info
    trace verbose all=debug admin
    plain logfmt console pretty human=text
    ndjson jsonl structured=json
    always y t ja oui si enable enabled active=yes
    never n f nein non none null disable disabled inactive=no
    stream streaming=live
    buffered full complete=whole admin
    fallback continue pass=next
    session conversation=yes
    user_id=user
    root owner superuser everything * rw=admin
    readonly read-only ro view=read
    http rest webhook=custom
    claude=anthropic
    gpt chatgpt azure azure_openai openai-compatible openai_compatible openai-chat compatible=openai
    fake mock test dummy=echo
    """

  /// A vendor as the type of an integration: the type and the address that it has here.
  private static func vendor(_ text: Span<UInt8>) -> [UInt8]? {
    guard let vendor = Vendor.named(text) else { return nil }
    return ("write type = \(vendor.type), with webhook_url = \(vendor.url)" as Text).bytes
  }

  // MARK: Numbers

  private static func duration(_ text: Span<UInt8>) -> [UInt8]? {
    guard Quantity.duration.read(text) == nil, let milliseconds = amount(text, times) else {
      return nil
    }
    return Quantity.duration.text(milliseconds).bytes
  }

  private static func size(_ text: Span<UInt8>) -> [UInt8]? {
    guard Quantity.size.read(text) == nil, let thousandths = amount(text, sizes) else { return nil }
    return Quantity.size.text(thousandths / 1000).bytes
  }

  private static func count(_ text: Span<UInt8>) -> [UInt8]? {
    guard Quantity.count.read(text) == nil else { return nil }
    var digits: [UInt8] = []
    for index in text.indices {
      switch text[index] {
      case let byte where byte.isASCIIDigit:
        digits.append(byte)

      case UInt8(ascii: ","), UInt8(ascii: "_"), UInt8(ascii: "'"), UInt8(ascii: "."),
        UInt8(ascii: " "):
        // Groups of three digits: 1,000.
        guard index > 0, (text.count - index) % 4 == 0 else { return nil }
      default: return nil
      }
    }
    return 1...12 ~= digits.count ? digits : nil
  }

  /// Units in a table of words and thousandths.
  private static let times: StaticString = """
    ms msec msecs milli millis millisecond milliseconds=1
    s sec secs second seconds=1000
    m min mins minute minutes=60000
    h hr hrs hour hours=3600000
    d day days=86400000
    w week weeks=604800000
    =1000
    """
  private static let sizes: StaticString = """
    b byte bytes=1000
    k kb kib=1024000
    m mb mib=1048576000
    g gb gib=1073741824000
    """

  /// The sum of numbers with units, such as `1h30m`, `1.5 s` or `4MB`; `nil` for any other text.
  static func amount(_ text: Span<UInt8>, _ units: StaticString) -> Int? {
    var sum = 0
    var rest = text.trimmingBlanks
    guard !rest.isEmpty, text.count <= 24 else { return nil }
    while !rest.isEmpty {
      var (number, scale, index, digits) = (0, 1, 0, 0)
      var isFraction = false
      while index < rest.count {
        let byte = rest[index]
        if byte.isASCIIDigit, digits < 9 {
          number = number * 10 + Int(byte &- UInt8(ascii: "0"))
          digits += 1
          if isFraction { scale *= 10 }
        } else if byte == UInt8(ascii: ".") || byte == UInt8(ascii: ","), !isFraction {
          isFraction = true
        } else {
          break
        }
        index += 1
      }
      rest = rest.extracting(index..<rest.count).trimmingBlanks
      index = 0
      while index < rest.count, rest[index].isASCIILetter { index += 1 }
      let unit = rest.extracting(0..<index).copied.map { $0.lowercasedASCII }
      rest = rest.extracting(index..<rest.count).trimmingBlanks
      guard digits > 0 else { return nil }
      let factor = unit.isEmpty ? [UInt8]("1000") : units.value(of: unit.span)
      guard let factor, let factor = Int(decimal: factor.span) else { return nil }
      let (product, overflow) = number.multipliedReportingOverflow(by: factor)
      guard !overflow, product / scale < Int.max - sum else { return nil }
      sum += product / scale
    }
    return sum > 0 ? sum : nil
  }

  // MARK: Pairs

  /// A breaker or a rate: a number and a time.
  private static func pair(_ text: Span<UInt8>, standard: StaticString?) -> [UInt8]? {
    if Bool(word: text) == false || choice(text, no) != nil { return [UInt8(ascii: "0")] }
    var end = 0
    while end < text.count, text[end].isASCIIDigit { end += 1 }
    guard 1...7 ~= end else { return nil }
    var pair = text.extracting(0..<end).copied
    pair.append("/")
    var rest = text.extracting(end..<text.count)
    while !rest.isEmpty, !rest[0].isASCIILetter, !rest[0].isASCIIDigit {
      rest = rest.extracting(1..<rest.count)
    }
    if let standard {
      if rest.isEmpty { return pair + [UInt8](standard) }
      guard let time = amount(rest, times) else { return nil }
      return pair + Quantity.duration.text(time).bytes
    }
    for word in rateWords where rest.hasPrefix(word) {
      rest = rest.extracting(word.utf8CodeUnitCount..<rest.count).trimmingBlanks
    }
    let letter = rest.isEmpty ? UInt8(ascii: "m") : rest[0].lowercasedASCII
    guard letter == UInt8(ascii: "s") || letter == UInt8(ascii: "m") || letter == UInt8(ascii: "h")
    else { return nil }
    return pair + [letter]
  }

  private static let rateWords: [StaticString] = ["per", "rp", "requests", "messages"]

  // MARK: Addresses

  /// The first address of a list that is not one, as it is written here.
  private static func address(_ text: Span<UInt8>) -> [UInt8]? {
    for item in text.copied.split(separator: UInt8(ascii: ",")) {
      let item = item.span.trimmingBlanks
      if ListenAddress(text: item) != nil { continue }
      let first = item.extracting(0..<end(ofFirst: item))
      return ListenAddress(text: first) != nil ? [UInt8](commas) : single(item)
    }
    return nil
  }

  private static func single(_ item: Span<UInt8>) -> [UInt8]? {
    let colons = item.indices.filter { item[$0] == UInt8(ascii: ":") }
    if item.hasPrefixIgnoringCase("http") { return [UInt8]("leave out the scheme and the path") }
    if item.hasPrefix("/") { return [UInt8]("unix:") + item.copied }
    if item.hasPrefix("*:") { return [UInt8]("0.0.0.0") + item.extracting(1..<item.count).copied }
    if colons.count > 1, !item.hasPrefix("[") {
      // IPv6 without brackets; what follows `::` or `::1` is a port.
      let hasPort = item.hasPrefix("::1:") || colons.count == 3 && item.hasPrefix(":::")
      let end = hasPort ? colons[colons.count - 1] : item.count
      let port = hasPort ? item.extracting(end..<item.count).copied : [UInt8](":8080")
      return [UInt8(ascii: "[")] + item.extracting(0..<end).copied + [UInt8(ascii: "]")] + port
    }
    let isNumber = !item.isEmpty && item.indices.allSatisfy { item[$0].isASCIIDigit }
    if isNumber || item.hasPrefix(":") {
      let port = isNumber ? [UInt8(ascii: ":")] + item.copied : item.copied
      return ("write 127.0.0.1\(port) for this host, or 0.0.0.0\(port) for all" as Text).bytes
    }
    let withPort = item.copied + [UInt8](":8080")
    if ListenAddress(text: withPort.span) != nil { return withPort }
    let isName = !item.hasPrefix("unix:") && item.indices.contains { item[$0].isASCIILetter }
    return isName && colons.count == 1 ? [UInt8]("names are not looked up: write the address") : nil
  }

  // MARK: JSON

  /// Nothing of the value is repeated, except for words that cannot be secrets.
  private static func json(_ text: Span<UInt8>) -> [UInt8]? {
    let lower = text.copied.map { $0.lowercasedASCII }
    if let json = jsonWords.value(of: lower.span) { return json }
    guard !text.isEmpty else { return nil }
    let (first, last) = (text[0], text[text.count - 1])
    var hasDigit = false
    for index in text.indices {
      switch text[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): hasDigit = true
      case UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"): break
      default: return nil
      }
    }
    guard hasDigit, first.isASCIIDigit || text.count > 1 else { return nil }
    return [UInt8](
      text.firstIndex(of: UInt8(ascii: ",")) != nil
        ? "write a point in a number, not a comma"
        : first == UInt8(ascii: "+")
          ? "leave out the +"
          : last == UInt8(ascii: ".")
            ? "write a digit after the point" : "write a digit before the point")
  }

  private static let jsonWords: StaticString = """
    true yes on=true
    false no off=false
    null none nil=null
    """
}
