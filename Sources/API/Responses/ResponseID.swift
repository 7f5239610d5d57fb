import Bytes
import Platform

/// The identifier of a response, which names its conversation: `resp_` and 24 digits for the first of a conversation
/// `conv_` with the same digits, else with `_` and the conversation after them: its digits, or `x` and its name in
/// hexadecimal digits.
struct ResponseID {
  let text: [UInt8]
  let conversation: [UInt8]

  private static let digits = 24
  private static let length = 29

  /// A new identifier in a conversation; without one, in a new conversation.
  init(in conversation: [UInt8]?, using random: RandomSource) {
    var text = random.identifier("resp_")
    guard let conversation else {
      self.init(text, [UInt8]("conv_") + text[5...])
      return
    }
    text.append("_")
    if Self.isNumbered(conversation.span) {
      text += conversation[5...]
    } else {
      text.append("x")
      text.append(hexadecimal: conversation)
    }
    self.init(text, conversation)
  }

  /// Reads an identifier; `nil` if it is not one.
  init?(_ text: [UInt8]) {
    guard text.count >= Self.length, text.count < 400, text.span.hasPrefix("resp_"),
      text[5..<Self.length].allSatisfy({ $0.isLowerHexadecimal })
    else { return nil }
    if text.count == Self.length {
      self.init(text, [UInt8]("conv_") + text[5...])
      return
    }
    guard text[Self.length] == UInt8(ascii: "_") else { return nil }
    let rest = text[(Self.length + 1)...]
    if rest.first == UInt8(ascii: "x") {
      guard let name = Self.name(rest.dropFirst()), name.isIdentifier else { return nil }
      self.init(text, name)
    } else {
      let conversation = [UInt8]("conv_") + rest
      guard Self.isNumbered(conversation.span) else { return nil }
      self.init(text, conversation)
    }
  }

  private init(_ text: [UInt8], _ conversation: [UInt8]) {
    self.text = text
    self.conversation = conversation
  }

  /// Whether a conversation's name is one that Postern gives.
  private static func isNumbered(_ name: Span<UInt8>) -> Bool {
    guard name.count == length, name.hasPrefix("conv_") else { return false }
    for index in 5..<name.count where !name[index].isLowerHexadecimal { return false }
    return true
  }

  private static func name(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
    guard digits.count % 2 == 0, digits.allSatisfy({ $0.isLowerHexadecimal }) else { return nil }
    var name: [UInt8] = []
    var high: UInt8?
    for digit in digits {
      let value = digit.isASCIIDigit ? digit - 48 : digit - 87
      if let first = high {
        name.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return name
  }
}

extension UInt8 {
  fileprivate var isLowerHexadecimal: Bool {
    isASCIIDigit || UInt8(ascii: "a")...UInt8(ascii: "f") ~= self
  }
}
