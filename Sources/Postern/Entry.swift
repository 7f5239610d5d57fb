/// The start of the process. SwiftPM links an executable target's entry point under the name
/// `<module>_main`; exporting it to C ourselves gives argv, which Embedded Swift's `CommandLine` lacks.
@c(Postern_main)
public func entry(
  argumentCount: Int32, arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
  var words: [[UInt8]] = []
  for index in 1..<max(1, Int(argumentCount)) {
    guard let word = arguments[index] else { break }
    var length = 0
    while word[length] != 0 { length += 1 }
    words.append(Array(UnsafeRawBufferPointer(start: word, count: length)))
  }
  return perform(words).rawValue
}
