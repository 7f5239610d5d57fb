import Bytes
import Configuration
import Import
import Platform
import Storage

/// `postern import`: another gateway's configuration as a Postern file.
struct ImportCommand {
  /// The file, or `-` for standard input.
  let file: [UInt8]

  func perform() -> ExitStatus {
    let isStandardInput = file.span.equals("-")
    let name = isStandardInput ? [UInt8]("<stdin>") : file
    let text: [UInt8]
    do throws(SystemError) {
      let limit = INIDocument.readingLimit
      text =
        isStandardInput
        ? try File.readStandardInput(limit: limit) : try File.read(file, limit: limit)
    } catch {
      Console.complain("\(name): \(error.readingReason)")
      return .failure
    }
    do throws(ImportError) {
      return Console.print(try LiteLLMImport.convert(text, file: name)) ? .success : .failure
    } catch {
      // Like those of a configuration, these lines begin with the file.
      switch error {
      case .missingLibrary: Console.complain(error.message(file: name))
      case .invalid: Console.complain(error.message(file: name).bytes + [UInt8(ascii: "\n")])
      }
      return .failure
    }
  }
}
