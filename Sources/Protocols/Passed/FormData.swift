import Bytes

/// A form with a recording: `multipart/form-data` (RFC 7578), of which only the model is replaced.
///
/// It is read strictly, so that a backend finds the same parts. Nothing of it is copied: a recording has megabytes.
public final class FormData: Sendable {
  /// The request's `Content-Type`, which has the boundary.
  public let contentType: [UInt8]
  /// The whole body.
  public let bytes: [UInt8]
  /// Where in the body the value of the part `model` is.
  public let model: Range<Int>
  /// Whether the part `stream` asks for a stream.
  public let isStreaming: Bool

  /// The most parts of a form. Those of a transcription are about ten.
  static let partLimit = 1024

  /// Reads a body. O(n).
  public init(_ bytes: [UInt8], _ contentType: [UInt8]) throws(FormFault) {
    let delimiter = [UInt8]("--") + (try FormData.boundary(of: contentType.span))
    let body = bytes.span
    var reader = FormReader(delimiter)
    try reader.begin(body)
    var model: Range<Int>?
    var (hasFile, isStreaming) = (false, false)
    while let part = try reader.next(in: body) {
      if part.name.span.equals("model") {
        guard model == nil else { throw FormFault("model", "occurs twice") }
        model = part.content
      } else if part.name.span.equals("file") {
        hasFile = true
      } else if part.name.span.equals("stream") {
        let value = body.extracting(part.content)
        isStreaming = value.equalsIgnoringCase("true") || value.equals("1")
      }
    }
    guard let model, !model.isEmpty else {
      throw FormFault("model", "is missing: send the name of a model of GET /v1/models")
    }
    guard hasFile else { throw FormFault("file", "is missing: send the recording") }
    self.contentType = contentType
    self.bytes = bytes
    self.model = model
    self.isStreaming = isStreaming
  }

  /// The boundary that a `Content-Type` names: 1 to 70 characters; RFC 2046 section 5.1.1.
  public static func boundary(of contentType: Span<UInt8>) throws(FormFault) -> [UInt8] {
    let boundary = FieldParameters.value(of: "boundary", in: contentType) ?? []
    guard 1...70 ~= boundary.count, boundary.last != UInt8(ascii: " "),
      boundary.allSatisfy({ $0.isBoundaryCharacter })
    else { throw FormFault("its Content-Type has no valid boundary") }
    return boundary
  }
}

extension UInt8 {
  /// A character of a boundary, or another one that some clients use in boundaries and that is as harmless.
  fileprivate var isBoundaryCharacter: Bool {
    self == UInt8(ascii: " ") || isVisibleASCII && self != UInt8(ascii: "\"")
  }
}
