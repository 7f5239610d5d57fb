import Backends
import Bytes
import Configuration
import EventLoop
import Exchange
import HTTPClient
import JSON
import Platform

/// Sends a channel's requests to its service, and ends those that take too long.
final class ServiceClient {
  /// The response to a request.
  enum Response {
    /// A JSON object.
    case object(JSONValue, status: Int, retryAfter: TimeSpan?)
    /// The bytes of a file.
    case file([UInt8])
    /// Any other response, or none.
    case failed(status: Int, isUnreachable: Bool, reason: Text)
  }

  /// A request that is under way.
  final class Request {
    fileprivate var completion: ((Response) -> Void)?
    fileprivate var transfer: TransferID?
    fileprivate var timer: TimerID?
  }

  let services: Services
  private(set) var isClosed = false
  private let settings: ChannelSettings
  /// The requests that are under way.
  private var running: [Request] = []
  /// Where requests went, by the end of the URL: each keeps its handles.
  private var upstreams: [(path: [UInt8], upstream: Upstream)] = []

  private static let connectTimeout = 15_000
  /// The largest response that is not a file: a hundred updates of the longest messages.
  private static let responseLimit = 8 << 20

  init(_ settings: ChannelSettings, _ services: Services) {
    self.settings = settings
    self.services = services
  }

  /// Posts a JSON object. `path` is what follows the service's URL. The completion is called once, in a later turn, or
  /// by ``close()``.
  @discardableResult
  func post(
    _ writer: consuming JSONWriter, to path: [UInt8], authorization: [UInt8]? = nil,
    within limit: TimeSpan = .seconds(30), then completion: @escaping (Response) -> Void
  ) -> Request {
    var upstream = upstreams.first { $0.path == path }?.upstream
    if upstream == nil {
      upstream = make(
        settings.url + path, authorization, limit: ServiceClient.responseLimit, isGet: false)
      upstreams.append((path, upstream!))
    }
    return start(writer.finishedBuffer(), upstream!, isFile: false, within: limit, completion)
  }

  /// Fetches a file of at most `bytes` bytes from a URL.
  func fetch(
    _ url: [UInt8], authorization: [UInt8]? = nil, bytes: Int,
    then completion: @escaping (Response) -> Void
  ) {
    let upstream = make(url, authorization, limit: bytes, isGet: true)
    _ = start(
      ByteBuffer(capacity: 1), upstream, isFile: true, within: .seconds(120), completion)
  }

  /// Gives a request up. Its completion is not called.
  func cancel(_ request: Request) {
    request.completion = nil
    end(request)
  }

  /// Ends all requests; their completions are called with a failure.
  func close() {
    isClosed = true
    for request in running {
      finish(request, .failed(status: 0, isUnreachable: true, reason: "the channel was closed"))
    }
  }

  private func make(
    _ url: [UInt8], _ authorization: [UInt8]?, limit: Int, isGet: Bool
  ) -> Upstream {
    var fields = [[UInt8]("User-Agent: Postern")]
    if !isGet { fields.append([UInt8]("Content-Type: application/json; charset=utf-8")) }
    if let authorization { fields.append([UInt8]("Authorization: Bearer ") + authorization) }
    return Upstream(
      Upstream.Settings(
        url: url, fields: fields,
        connectTimeoutMilliseconds: ServiceClient.connectTimeout, authorityFile: nil,
        proxy: settings.proxy, bodyLimit: limit, refusesHostOnly: !settings.mayBeHostOnly,
        isGet: isGet))
  }

  private func start(
    _ body: ByteBuffer, _ upstream: Upstream, isFile: Bool, within limit: TimeSpan,
    _ completion: @escaping (Response) -> Void
  ) -> Request {
    let request = Request()
    request.completion = completion
    request.transfer = services.client.post(
      body, to: upstream, fields: FieldLines(), receiver: nil
    ) { [self] result in
      request.transfer = nil
      finish(request, response(result, isFile: isFile))
    }
    request.timer = services.loop.schedule(after: limit) { [self] in
      request.timer = nil
      let seconds = limit.secondsRoundedUp
      finish(
        request,
        .failed(status: 0, isUnreachable: false, reason: "there was no answer for \(seconds) s"))
    }
    running.append(request)
    return request
  }

  private func finish(_ request: Request, _ response: Response) {
    let completion = request.completion
    end(request)
    completion?(response)
  }

  private func end(_ request: Request) {
    services.loop.cancel(request.timer)
    if let transfer = request.transfer { services.client.cancel(transfer) }
    (request.timer, request.transfer, request.completion) = (nil, nil, nil)
    running.removeAll { $0 === request }
  }

  private func response(_ result: TransferResult, isFile: Bool) -> Response {
    if let failure = result.failure {
      let isUnreachable =
        switch failure {
        case .nameNotResolved, .connectFailed, .proxyUnreachable, .handshakeFailed: true
        default: false
        }
      return .failed(
        status: result.status, isUnreachable: isUnreachable, reason: reason(failure, result))
    }
    if isFile {
      return result.status == 200
        ? .file(result.body)
        : .failed(
          status: result.status, isUnreachable: false, reason: "the status was \(result.status)")
    }
    if let document = try? JSONDocument(result.body), document.root.kind == .object {
      return .object(document.root, status: result.status, retryAfter: result.retryAfter)
    }
    return .failed(
      status: result.status, isUnreachable: false,
      reason: "the answer, of status \(result.status), is not a JSON object")
  }

  /// A failure in words. libcurl's may name the URL, which has the token in it.
  private func reason(_ failure: TransferFailure, _ result: TransferResult) -> Text {
    if failure == .tooLarge { return "the answer is too large" }
    if result.detail.bytes.isEmpty { return "the connection was interrupted" }
    return Text(result.detail.bytes.masking(settings.secrets))
  }
}
