import Bytes
import Configuration
import EventLoop
import Exchange
import HTTPServer
import JSON
import Logging
import Platform
import Storage

/// The endpoints for an administrator of the running gateway.
enum StatusHandlers {
  /// `GET /v1/status`: all that `postern status` shows. To a key that is limited to bots, it shows their part.
  static func read(_ call: Call) -> Admission {
    .answer(
      StatusResource(application: call.application, request: call.request, key: call.key).response)
  }

  /// `POST /v1/reload`: reads the configuration file again, as SIGHUP does, and says what was found.
  static func reload(_ call: Call) throws(APIError) -> Admission {
    try call.key.checkReachesAll("reload the file")
    let (application, key) = (call.application, call.key)
    return call.receiveBody { request in
      guard let reload = application.reload else {
        return request.respond(APIError.noConfigurationFile.response())
      }
      application.dispatcher.services.log.write(.info, "reload_requested") { line in
        line.caller(key, request)
        line.field("request_id", request.identifier)
      }
      reload { result in
        request.respond(
          .json { writer in
            writer.name("data")
            StatusResource.write(result, to: &writer)
          })
      }
    }
  }
}
