import Configuration
import HTTPServer
import JSON

/// What bots and integrations have in common as resources.
extension Call {
  /// Changes a bot or an integration as the body says.
  func patchResource(_ name: SectionName) -> Admission {
    let (management, key) = (application.management, key)
    return receiveObject { management.patch(name, $0, $1, by: key) }
  }

  /// Deletes a bot or an integration.
  func deleteResource(_ name: SectionName) -> Admission {
    let (management, key) = (application.management, key)
    return receiveBody { management.delete(name, $0, by: key) }
  }
}
