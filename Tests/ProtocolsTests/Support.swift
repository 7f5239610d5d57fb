import Bytes
import Foundation
import Protocols
import JSON
import TestSupport

func text(_ buffer: ByteBuffer) -> String { text(buffer.bytes) }

func value(_ text: String) throws -> JSONValue { try JSONDocument(bytes(text)).root }

func parameter(_ name: String, _ json: String) throws -> RequestParameter {
  RequestParameter(name: bytes(name), value: try value(json))
}

/// A profile with everything in it.
func profile(_ dialect: Dialect) throws -> RequestProfile {
  profile(
    dialect,
    [try parameter("temperature", "0.20"), try parameter("stop", "[\"\\u0041\" ]")])
}

/// A profile with these parameters.
func profile(_ dialect: Dialect, _ parameters: [RequestParameter]) -> RequestProfile {
  RequestProfile(
    dialect: dialect, model: bytes("m-1"), maxTokens: 64, parameters: parameters,
    botID: bytes("support"), botName: bytes("Support \"Bot\""), system: bytes("Be terse.\n"))
}

/// The body of a request with these messages.
func encode(
  _ profile: RequestProfile, _ messages: [(MessageRole, String)], user: String? = nil,
  metadata: String? = nil
) throws -> String {
  var encoder = RequestEncoder(
    profile, conversationID: bytes("conv_1"), user: try user.map(value),
    metadata: try metadata.map(value))
  for (role, content) in messages { try encoder.append(role, content: bytes(content).span) }
  return text(try encoder.finish().bytes)
}

/// Whether no object at the top of this text has a name twice, and the text is valid.
func hasUniqueNames(_ text: [UInt8]) throws -> Bool {
  let names = try JSONDocument(text).root.members.map { $0.name.string ?? [] }
  return Set(names).count == names.count
}

/// JSON without white space, its members sorted by name.
func canonical(_ json: [UInt8]) throws -> String {
  let value = try JSONSerialization.jsonObject(with: Data(json), options: .fragmentsAllowed)
  let data = try JSONSerialization.data(
    withJSONObject: value, options: [.sortedKeys, .fragmentsAllowed])
  return text([UInt8](data))
}
