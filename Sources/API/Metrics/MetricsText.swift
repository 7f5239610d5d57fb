import Bytes
import Configuration

/// Writes metrics in Prometheus' text format, version 0.0.4: families of samples, each after its help and its type.
struct MetricsText {
  let buffer = ByteBuffer(capacity: 8192)
  private var name: [UInt8] = []

  /// Begins a family. `family` is the name without `postern_`, the type, and a sentence.
  @inline(never)
  mutating func begin(_ family: StaticString) {
    let text = UnsafeBufferPointer(start: family.utf8Start, count: family.utf8CodeUnitCount).span
    let nameEnd = text.firstIndex(of: UInt8(ascii: " "), from: 0)!
    let typeEnd = text.firstIndex(of: UInt8(ascii: " "), from: nameEnd + 1)!
    name = [UInt8]("postern_")
    name.append(copying: text.extracting(0..<nameEnd))
    describe("# HELP ", text.extracting(typeEnd..<text.count))
    describe("# TYPE ", text.extracting(nameEnd..<typeEnd))
  }

  /// Writes a sample, with `labels` as they stand in braces.
  @inline(never)
  func sample(_ value: Int64, labels: [UInt8] = [], suffix: StaticString = "") {
    start(labels, suffix)
    buffer.append(decimal: value)
    buffer.append(UInt8(ascii: "\n"))
  }

  /// Writes a sample, with `labels` as they stand in braces.
  @inline(__always)
  func sample(_ value: Int, labels: [UInt8] = [], suffix: StaticString = "") {
    sample(Int64(value), labels: labels, suffix: suffix)
  }

  /// Writes a family of one sample, without labels.
  @inline(never)
  mutating func single(_ family: StaticString, _ value: Int64) {
    begin(family)
    sample(value)
  }

  /// Writes a family of one sample, without labels.
  @inline(__always)
  mutating func single(_ family: StaticString, _ value: Int) {
    single(family, Int64(value))
  }

  /// Writes a sample that is a time, in seconds.
  @inline(never)
  func sample(milliseconds: Int64, labels: [UInt8] = [], suffix: StaticString = "") {
    sample(Resource.thousandths(milliseconds), labels: labels, suffix: suffix)
  }

  /// Writes a sample that is a number already.
  @inline(never)
  func sample(_ number: [UInt8], labels: [UInt8], suffix: StaticString = "") {
    start(labels, suffix)
    buffer.append(number.span)
    buffer.append(UInt8(ascii: "\n"))
  }

  private func start(_ labels: [UInt8], _ suffix: StaticString) {
    buffer.append(name.span)
    buffer.append(suffix)
    if !labels.isEmpty {
      buffer.append(UInt8(ascii: "{"))
      buffer.append(labels.span)
      buffer.append(UInt8(ascii: "}"))
    }
    buffer.append(UInt8(ascii: " "))
  }

  private func describe(_ keyword: StaticString, _ text: Span<UInt8>) {
    buffer.append(keyword)
    buffer.append(name.span)
    buffer.append(text)
    buffer.append(UInt8(ascii: "\n"))
  }
}
