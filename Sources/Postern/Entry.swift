/// Where the process starts. SwiftPM links an executable target's entry point under the name
/// `<module>_main`; exporting it to C ourselves gives argv, which Embedded Swift's `CommandLine` lacks.
@c(Postern_main)
public func entry(
  argumentCount: Int32, arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
  run(argumentCount: Int(argumentCount))
}
