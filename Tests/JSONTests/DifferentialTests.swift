import Foundation
import JSON
import Testing
import TestSupport

/// Foundation's parser as a second opinion on random texts, valid and damaged.
@Suite(.seeded) struct DifferentialTests {
  @Test func readsWhatFoundationReads() throws {
    var generator = JSONTextGenerator(seed: 2)
    for _ in 0..<1000 {
      let text = generator.text()
      let root = try JSONDocument(Array(text.utf8)).root
      let object = try JSONSerialization.jsonObject(
        with: Data(text.utf8), options: .fragmentsAllowed)
      #expect(agree(root, object), "\(text)")
      var writer = JSONWriter()
      rewrite(root, to: &writer)
      #expect(agree(try JSONDocument(writer.finish()).root, object), "\(text)")
    }
  }

  /// The two differ for one of three known reasons: Foundation accepts a comma before a closing
  /// brace, and refuses lone surrogates and numbers beyond `Double`.
  @Test func acceptsWhatFoundationAccepts() {
    var generator = JSONTextGenerator(seed: 3)
    var valid = 0
    for _ in 0..<3000 {
      let bytes = generator.spoil(generator.text())
      let foundation = try? JSONSerialization.jsonObject(
        with: Data(bytes), options: .fragmentsAllowed)
      do throws(JSONError) {
        let root = try JSONDocument(bytes).root
        valid += 1
        if foundation == nil { #expect(isBeyondFoundation(root), "\(bytes)") }
      } catch {
        if error.reason != .trailingComma {
          #expect(foundation == nil, "\(String(decoding: bytes, as: UTF8.self)): \(error)")
        }
      }
    }
    #expect(500..<2500 ~= valid)
  }

  /// Writes the meaning of a value, not its bytes.
  private func rewrite(_ value: JSONValue, to writer: inout JSONWriter) {
    switch value.kind {
    case .object:
      writer.beginObject()
      for member in value.members {
        let name = member.name.string ?? []
        writer.name(name.span)
        rewrite(member.value, to: &writer)
      }
      writer.endObject()
    case .array:
      writer.beginArray()
      for element in value.elements { rewrite(element, to: &writer) }
      writer.endArray()
    case .string:
      let text = value.string ?? []
      writer.string(text.span)
    case .number: writer.raw(value.span)
    case .true, .false: writer.boolean(value.boolean == true)
    case .null: writer.null()
    }
  }

  private func agree(_ value: JSONValue, _ object: Any) -> Bool {
    switch value.kind {
    case .object:
      guard let dictionary = object as? [String: Any] else { return false }
      var names: Set<String> = []
      for member in value.members { names.insert(text(member.name)) }
      // Foundation keeps the first of several members with one name; only unique names are
      // compared.
      let unique = names.filter { name in value.members.filter { text($0.name) == name }.count == 1
      }
      return names == Set(dictionary.keys)
        && value.members.allSatisfy { member in
          !unique.contains(text(member.name)) || agree(member.value, dictionary[text(member.name)]!)
        }
    case .array:
      guard let array = object as? [Any] else { return false }
      let elements = value.elements.map { $0 }
      return elements.count == array.count && zip(elements, array).allSatisfy(agree)
    case .string: return text(value) == object as? String
    case .number: return double(value) == (object as? NSNumber)?.doubleValue
    case .true, .false: return value.boolean == object as? Bool
    case .null: return object is NSNull
    }
  }

  private func isBeyondFoundation(_ value: JSONValue) -> Bool {
    switch value.kind {
    case .object:
      value.members.contains { isBeyondFoundation($0.name) || isBeyondFoundation($0.value) }
    case .array: value.elements.contains(where: isBeyondFoundation)
    case .string: text(value).unicodeScalars.contains("\u{FFFD}")
    case .number: !double(value).isFinite
    case .true, .false, .null: false
    }
  }

  private func text(_ value: JSONValue) -> String {
    String(decoding: value.string ?? [], as: UTF8.self)
  }

  private func double(_ value: JSONValue) -> Double {
    Double(String(decoding: value.raw, as: UTF8.self)) ?? .nan
  }
}
