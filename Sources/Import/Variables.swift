import Bytes

/// The environment variables that the imported file refers to.
///
/// A key that is written out in the original becomes a variable, so that it is in neither the new file nor on a screen.
final class Variables {
  /// Variables that stand for keys which are written out.
  private(set) var literals: [(name: [UInt8], value: [UInt8], note: Text)] = []
  private var references: [[UInt8]] = []

  /// LiteLLM's form of a reference to a variable.
  private static let prefix: StaticString = "os.environ/"

  /// The name of the variable that a text of LiteLLM refers to; `nil` for any other text.
  @inline(never)
  static func name(in text: [UInt8]) -> [UInt8]? {
    guard text.begins(with: prefix), text.count > prefix.utf8CodeUnitCount else { return nil }
    let name = Array(text.dropFirst(prefix.utf8CodeUnitCount))
    return name == Self.name(from: name, keepingCase: true) && !name[0].isASCIIDigit ? name : nil
  }

  /// A secret as the new file refers to it: `${NAME}`. `suggestion` is the name for one that is written out.
  @inline(never)
  func reference(to node: YAMLNode, _ suggestion: [UInt8]) -> [UInt8] {
    reference(to: node.text ?? [], line: node.line, suggestion)
  }

  /// The same for a part of a text at a line.
  @inline(never)
  func reference(to text: [UInt8], line: Int, _ suggestion: [UInt8]) -> [UInt8] {
    if let name = Self.name(in: text) {
      references.append(name)
      return Self.reference(name)
    }
    for literal in literals where literal.value == text { return Self.reference(literal.name) }
    var name = suggestion
    var number = 1
    while references.contains(name) || literals.contains(where: { $0.name == name }) {
      number += 1
      name = ("\(suggestion)_\(number)" as Text).bytes
    }
    let note: Text =
      "a key is written out at line \(line) of the original: set the variable \(name) to it"
    literals.append((name, text, note))
    return Self.reference(name)
  }

  /// `${NAME}`.
  @inline(never)
  static func reference(_ name: [UInt8]) -> [UInt8] { ("${\(name)}" as Text).bytes }

  /// A text as the name of a variable: `together-ai` is `TOGETHER_AI`.
  @inline(never)
  static func name(from text: [UInt8], keepingCase: Bool = false) -> [UInt8] {
    var name: [UInt8] = []
    for byte in text {
      if byte.isASCIILetter {
        name.append(keepingCase ? byte : byte & 0xDF)
      } else {
        name.append(byte.isASCIIDigit ? byte : UInt8(ascii: "_"))
      }
    }
    return name
  }
}
