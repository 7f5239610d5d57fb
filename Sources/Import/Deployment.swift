import Bytes
import Configuration

/// One entry of LiteLLM's `model_list`: a deployment of a model, which is an integration here.
final class Deployment {
  /// The integration; without settings if Postern cannot ask such a backend.
  let section = ImportedSection()
  /// Why it cannot.
  private(set) var objection: Text?
  /// The provider, which its name is made of.
  private(set) var provider: [UInt8] = []
  /// LiteLLM asks those of a lower number first.
  private(set) var order = 1
  /// Whether the entry has a weight of its own.
  private(set) var hasWeight = false
  /// Requests a minute, which are LiteLLM's weight where there is no other.
  private(set) var requestsPerMinute: [UInt8]?
  /// The time that it may take, in milliseconds.
  private(set) var timeout = 30_000

  private let parameters: YAMLNode
  private let credentials: YAMLNode?
  private let variables: Variables
  /// The model without its provider.
  private var model: [UInt8]

  /// Reads the entry. `defaults` has what LiteLLM sets for all.
  init(
    _ entry: YAMLNode, credentials: YAMLNode?, defaults: ImportedSection, _ variables: Variables
  ) throws(ImportError) {
    guard let parameters = entry["litellm_params"], !parameters.members.isEmpty else {
      throw .invalid(line: entry.line, "the entry has no litellm_params")
    }
    guard let name = parameters["model"]?.text else {
      throw .invalid(line: parameters.line, "litellm_params has no model")
    }
    (self.parameters, self.credentials, self.variables) = (parameters, credentials, variables)
    model = name
    split()
    var reason: StaticString = ""
    if name.contains(UInt8(ascii: "*")) {
      reason = "a wildcard; write an entry for each model"
    } else if provider.found(in: Self.foreign) != nil {
      reason = "Postern does not speak to this provider; a gateway that does can be its backend"
    } else if !addBackend() {
      reason = "nothing says where it is; add api_base to the original"
    }
    if reason.utf8CodeUnitCount > 0 {
      objection = ImportedSection.missing(name, entry, [UInt8](reason))
      return
    }
    for setting in defaults.settings { section.set(setting.key, written: setting.value) }
    if let text = defaults.settings.first(where: { $0.key.isText("timeout") })?.value {
      timeout = Number.milliseconds(text)
    }
    for member in parameters.members { add(member.key, member.value, Self.actions) }
    for member in entry["model_info"]?.members ?? [] { add(member.key, member.value, Self.facts) }
    for member in entry.members { add(member.key, member.value, Self.parts) }
  }

  @inline(never)
  private func value(_ name: StaticString) -> YAMLNode? {
    let node = parameters[name] ?? credentials?[name]
    return node?.isEmpty == false ? node : nil
  }

  /// Splits `provider/model`. A name without a provider is one of OpenAI's, or says whose it is.
  private func split() {
    let slash = model.firstIndex(of: UInt8(ascii: "/"))
    let first = slash.map { Array(model[..<$0]) } ?? []
    if let given = value("custom_llm_provider")?.text {
      provider = given
    } else if slash != nil, value("api_base") == nil || isProvider(first) {
      provider = first
    } else {
      provider = [UInt8](model.begins(with: "claude") ? "anthropic" : "openai")
    }
    if let slash, first == provider { model.removeFirst(slash + 1) }
    if model.begins(with: "responses/") { model.removeFirst(10) }
  }

  private func isProvider(_ word: [UInt8]) -> Bool {
    Vendor.named(word.span) != nil || word.found(in: Self.bases) != nil
      || word.found(in: Self.foreign) != nil
  }

  /// Providers that speak OpenAI's interface at any address.
  private static let bases: StaticString = """
    custom_openai openai_like hosted_vllm lm_studio llamafile litellm_proxy xinference azure azure_ai custom=
    """

  /// Providers with an interface or a kind of key that Postern does not have.
  private static let foreign: StaticString = """
    vertex_ai vertex_ai_beta bedrock bedrock_converse sagemaker sagemaker_chat cohere cohere_chat watsonx replicate palm \
    databricks predibase triton nlp_cloud petals oobabooga text-completion-openai gigachat snowflake aleph_alpha ai21 \
    baseten clarifai voyage jina_ai assemblyai deepgram elevenlabs github_copilot oci sap=
    """
}

// MARK: - The backend

extension Deployment {
  /// Adds type, address, model and key. Returns whether the address is known.
  private func addBackend() -> Bool {
    let provider = self.provider
    let isAzure = provider.isText("azure")
    let vendor = isAzure ? nil : Vendor.named(provider.span)
    let isAnthropic = vendor?.type.span.equals("anthropic") ?? false
    let base = value("api_base") ?? value("base_url")
    guard
      var url = base?.text ?? vendor?.url
        ?? (isAzure ? [UInt8]("os.environ/AZURE_API_BASE") : nil)
    else { return false }
    // The path belongs before a query.
    var query = Array(url[(url.firstIndex(of: UInt8(ascii: "?")) ?? url.count)...])
    url.removeLast(query.count)
    while url.last == UInt8(ascii: "/") { url.removeLast() }
    url = ImportedSection.written(url)
    let end: StaticString = isAnthropic ? "/messages" : "/chat/completions"
    if !url.span.containsIgnoringCase(end) {
      if isAzure, let version = value("api_version")?.text {
        let written = ImportedSection.written(version)
        url += ("/openai/deployments/\(model)\(end)?api-version=\(written)" as Text).bytes
        if !query.isEmpty { query[0] = UInt8(ascii: "&") }
      } else {
        // OpenAI's libraries want the version in the base, Anthropic's and Ollama's do not.
        let isBare = isAnthropic || provider.begins(with: "ollama")
        if isAzure { url.append("/openai/v1") }
        if isBare, !url.ends(with: "/v1") { url.append("/v1") }
        url.append(end)
      }
    }
    let parsed = BackendURL(text: url)
    // An invalid URL is left out as it is, without its query; with a variable in it, it could not be checked.
    if !query.isEmpty {
      url +=
        parsed == nil
        ? ImportedSection.written(query) : written(query: query, line: base?.line ?? 0)
    }
    section.set("type", [UInt8](isAnthropic ? "anthropic" : "openai"))
    section.set("webhook_url", written: url)
    if let parsed, !parsed.isSecure, !parsed.isNearby {
      section.set("allow_http", [UInt8]("yes"))
      section.note("the next section sends messages and keys unencrypted, as the original does")
    }
    if parsed == nil, url.first == UInt8(ascii: "$") {
      section.note("if the variable in webhook_url ends in a slash, remove the one after it")
    }
    section.set("model", model)
    let field: (StaticString, StaticString) =
      if isAnthropic {
        ("header.x-api-key", "")
      } else if provider.begins(with: "azure") {
        ("header.api-key", "")
      } else {
        ("header.Authorization", "Bearer ")
      }
    addKey(field.0, scheme: field.1, isNearby: parsed?.isNearby ?? false)
    return true
  }

  /// A query with its `?` or `&`, in which keys become variables.
  private func written(query: [UInt8], line: Int) -> [UInt8] {
    var written = Array(query.prefix(1))
    for part in query.dropFirst().split(separator: UInt8(ascii: "&")) {
      if written.count > 1 { written.append("&") }
      let end = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
      let name = Array(part[..<end])
      guard end < part.endIndex, isKey(name), !part[end...].contains(UInt8(ascii: "$")) else {
        written += ImportedSection.written(Array(part))
        continue
      }
      let key = Array(part[(end + 1)...])
      written += name + [UInt8(ascii: "=")]
      written += variables.reference(to: key, line: line, Variables.name(from: name))
    }
    return written
  }

  private func isKey(_ name: [UInt8]) -> Bool {
    KeyMistake.isKey(field: name.span) || name.found(in: "sig signature code auth=-") != nil
  }

  private func addKey(_ field: StaticString, scheme: StaticString, isNearby: Bool) {
    let node = value("api_key")
    // Programs of one's own want no key, or take any.
    if isNearby, node?.text?.count ?? 0 < 8 { return }
    if node == nil, parameters["api_key"] != nil, value("api_base") != nil { return }
    let word = node?.text?.map { $0.lowercasedASCII }
    if word?.found(in: "none empty dummy null=-") != nil { return }
    let name = ("\(Variables.name(from: provider))_API_KEY" as Text).bytes
    let key = node.map { variables.reference(to: $0, name) } ?? Variables.reference(name)
    section.set(field, written: [UInt8](scheme) + key)
  }
}

// MARK: - Members

extension Deployment {
  /// The result for each member of `litellm_params`: the name of a setting; a letter for a function below; `-` for nothing
  /// here; `$` and a price; `!` and why there is no equivalent.
  private static let actions: StaticString = """
    model api_key api_base base_url api_version custom_llm_provider litellm_credential_name=-
    max_tokens=max_tokens
    max_retries num_retries=retries
    max_parallel_requests=max_in_flight
    organization=header.OpenAI-Organization
    timeout request_timeout=T
    extra_headers headers=H
    extra_body=B
    additional_drop_params=D
    weight=W
    rpm=R
    order=O
    input_cost_per_token=$price_input
    output_cost_per_token=$price_output
    cache_read_input_token_cost=$price_cached
    metadata tags=!
    tpm=!tokens are not limited
    stream_timeout=!timeout is until the first content of a stream
    allowed_fails cooldown_time=!set breaker = FAILURES/TIME
    drop_params=!drop = NAMES leaves out fields that the backend refuses
    max_budget budget_duration=!costs are not limited
    """
  /// The same for `model_info`.
  private static let facts: StaticString = """
    id=-
    mode=M
    input_cost_per_token=$price_input
    output_cost_per_token=$price_output
    cache_read_input_token_cost=$price_cached
    max_input_tokens max_tokens=![context] window_tokens limits what is sent
    """
  /// The same for the entry itself.
  private static let parts: StaticString = "model_name litellm_params model_info=-"

  /// Adds a member as a table says.
  @inline(never)
  private func add(_ name: [UInt8], _ node: YAMLNode, _ table: StaticString) {
    if node.isEmpty { return }
    guard let action = name.found(in: table), let first = action.first else {
      return OtherNames.isRequestField(name.span) ? addField(name, node) : section.note(name, node)
    }
    switch first {
    case UInt8(ascii: "-"): break
    case UInt8(ascii: "!"): section.note(name, node, Array(action.dropFirst()))
    case UInt8(ascii: "$"): addPrice(Array(action.dropFirst()), name, node)
    case UInt8(ascii: "T"):
      guard let text = Number.duration(node.text) else { return section.note(name, node) }
      section.set("timeout", text)
      timeout = Number.milliseconds(text)
    case UInt8(ascii: "H"): for member in node.members { addHeader(member.key, member.value) }
    case UInt8(ascii: "B"): for member in node.members { addField(member.key, member.value) }
    case UInt8(ascii: "D"): section.set("drop", Number.list(node.elements.compactMap { $0.text }))
    case UInt8(ascii: "W"): addWeight(name, node)
    case UInt8(ascii: "R"):
      requestsPerMinute = Number.read(node.text, shiftedBy: 0).map { [UInt8](decimal: $0) }
      section.note(
        name, node,
        [UInt8]("[limits] per_user limits users, max_in_flight the requests at once"))
    case UInt8(ascii: "O"): order = Number.read(node.text, shiftedBy: 0) ?? 1
    case UInt8(ascii: "M"): addMode(name, node)
    default: section.set(action, written: ImportedSection.written(node.text ?? []))
    }
  }

  /// Fractions are shares as well: 0.9 and 0.1 are 90 and 10.
  private func addWeight(_ name: [UInt8], _ node: YAMLNode) {
    guard let hundredths = Number.read(node.text, shiftedBy: 2) else {
      return section.note(name, node)
    }
    hasWeight = true
    let isWhole = hundredths % 100 == 0
    section.set("weight", [UInt8](decimal: isWhole ? hundredths / 100 : hundredths))
    if !isWhole {
      section.note("weight (line \(node.line)) was a fraction: compare it with the others")
    }
  }

  private func addMode(_ name: [UInt8], _ node: YAMLNode) {
    guard let mode = node.text, !mode.isText("chat") else { return }
    if let service = mode.found(in: Self.services) { return section.set("serves", service) }
    section.note(name, node, [UInt8]("the next integration answers chats only"))
  }

  private static let services: StaticString = """
    embedding=embeddings
    completion=completions
    moderation=moderations
    audio_transcription=transcription
    audio_speech=speech
    """

  /// A price for a token is one for a million here.
  private func addPrice(_ setting: [UInt8], _ name: [UInt8], _ node: YAMLNode) {
    guard let millionths = Number.read(node.text, shiftedBy: 12) else {
      return section.note(name, node)
    }
    guard ImportedSection.knows(setting, in: .integration) else {
      return section.note(name, node, [UInt8]("prices are not kept"))
    }
    var price = [UInt8](decimal: millionths / 1_000_000)
    if millionths % 1_000_000 != 0 {
      price.append(".")
      price.append(decimal: millionths % 1_000_000, width: 6)
      while price.last == UInt8(ascii: "0") { price.removeLast() }
    }
    section.set(setting, written: price)
  }

  @inline(never)
  private func addHeader(_ name: [UInt8], _ node: YAMLNode) {
    var value = ImportedSection.written(node.text ?? [])
    if KeyMistake.isKey(field: name.span) {
      value = variables.reference(to: node, Variables.name(from: name))
    }
    section.set([UInt8]("header.") + name, written: value)
  }

  @inline(never)
  private func addField(_ name: [UInt8], _ node: YAMLNode) {
    guard node.size < YAMLNode.mostSize else {
      return section.note(name, node, [UInt8]("it is too large"))
    }
    var json = node.json
    if KeyMistake.isKey(field: name.span), node.text != nil {
      let key = variables.reference(to: node, Variables.name(from: name))
      json = ("\"\(key)\"" as Text).bytes
    }
    section.set([UInt8]("param.") + name, written: json)
  }
}
