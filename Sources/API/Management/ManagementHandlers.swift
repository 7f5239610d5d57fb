import Configuration
import HTTPServer
import JSON

/// The configuration file as a whole.
enum ManagementHandlers {
  /// `POST /v1/configuration/preview`: the lines of the file that a change would touch. Nothing is written.
  static func preview(_ call: Call) -> Admission {
    let (management, key) = (call.application.management, call.key)
    return call.receiveObject { management.preview($0, $1, by: key) }
  }
}
