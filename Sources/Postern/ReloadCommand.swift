import Bytes
import JSON

/// `postern reload`: has the running gateway read its configuration file again, and shows what it found.
struct ReloadCommand {
  let gateway: GatewayOptions

  @inline(never)
  func perform() -> ExitStatus {
    guard let client = GatewayClient.open(gateway),
      let result = client.ask(.post, [UInt8]("/v1/reload"))?["data"]
    else { return .failure }
    var findings: [UInt8] = []
    for finding in elements(result["findings"]) {
      findings += printable(finding)
      findings.append("\n")
    }
    Console.complain(findings)
    guard result["applied"]?.boolean == true else {
      Console.complain("the file was refused: the configuration before still applies")
      return .failure
    }
    var names: [UInt8] = []
    for name in elements(result["restart_needed"]) {
      names.append(names.isEmpty ? "; after a restart only: " : ", ")
      names += printable(name)
    }
    Console.print("reloaded: the file applies\(names)")
    return .success
  }
}
