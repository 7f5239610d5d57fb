import Bytes

/// The names that other programs have for Postern's settings and sections.
package enum OtherNames {
  /// About how many letters a search goes through.
  static let length = 4000

  /// The hint about a key: the setting's name here, or a phrase that says what to write; `nil` for an unknown key.
  static func hint(for key: Span<UInt8>, in kind: SectionKind) -> [UInt8]? {
    let plain = plain(key)
    for table in tables where table.kind == kind {
      if let hint = table.names.value(of: plain.span) { return hint }
    }
    guard kind == .integration, parameters.value(of: plain.span) != nil else { return nil }
    return [UInt8]("param.") + plain
  }

  /// Whether a name is that of a field of OpenAI's, Anthropic's or Ollama's requests.
  package static func isRequestField(_ name: Span<UInt8>) -> Bool {
    parameters.value(of: name) != nil
  }

  /// The section that other programs call `type`, in words; `nil` for an unknown one.
  static func section(_ type: Span<UInt8>) -> [UInt8]? {
    let plain = plain(type)
    // TOML's [integration.gpt], [[integration]] and others.
    if let end = plain.firstIndex(where: { !$0.isASCIILetter && $0 != UInt8(ascii: "_") }) {
      let word = Array(plain[..<end])
      let kind = SectionKind.allCases.first { word.span.equals($0.type) }
      if let kind, end > 0 {
        let name: StaticString = kind.isNamed ? " NAME" : ""
        return ("[\(kind.type)\(name)]" as Text).bytes
      }
    }
    return sections.value(of: plain.span)
  }

  /// In lower case, with `_` for `-`.
  private static func plain(_ name: Span<UInt8>) -> [UInt8] {
    name.copied.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0.lowercasedASCII }
  }

  private static let tables: [(kind: SectionKind, names: StaticString)] = [
    (.server, server), (.context, context), (.limits, limits), (.outbox, outbox), (.log, log),
    (.recorder, recorder),
    (.key, apiKey), (.bot, bot), (.integration, integration), (.channel, channel),
  ]

  private static let sections: StaticString = """
    backend backends provider providers upstream llm openai anthropic ollama azure model models target=[integration NAME]
    http https web listen tls ssl listener=[server]
    auth apikey api_key api_keys keys token tokens user users=[key NAME]
    memory history ring storage cache=[context]
    queue queues jobs=[outbox]
    agent assistant persona character=[bot NAME]
    telegram slack discord webhook channels messenger=[channel NAME]
    ratelimit rate_limit limit=[limits]
    general global default main postern settings=[server], [context], [limits] or [log]
    """

  private static let server: StaticString = """
    host port bind bind_address address addr interface ip listen_address listen_port listen_addr=listen
    cert certificate tls_cert ssl_cert ssl_certificate cert_file certfile=tls_certificate
    key key_file keyfile private_key ssl_key ssl_certificate_key tls_key_file=tls_key
    api_key token auth password secret master_key=write it into a section of its own: [key NAME] with secret = ${NAME}
    workers threads processes=Postern has one thread; leave it out
    log_level debug verbose=it belongs in [log], as 'level'
    client_max_body_size body_limit max_request_size max_upload=max_body
    keepalive keep_alive keepalive_timeout=idle_timeout
    user group run_as pid_file pidfile daemon daemonize=the service manager does this; leave it out
    cors cors_origins allow_origin allowed_origins=no CORS field is sent: serve the page under the gateway's own address
    """

  private static let context: StaticString = """
    size max_memory limit max_size memory_size=memory
    history messages max_messages turns max_history history_length=window
    path storage database db dir folder persist=file
    flush fsync save_interval=sync
    ttl expire expires max_age=conversations do not expire: the ring drops the oldest; leave it out
    """

  private static let limits: StaticString = """
    rate rate_limit rpm per_minute requests_per_minute user_rate=per_user
    concurrency max_concurrent max_requests max_in_flight parallel=in_flight
    queue queue_size queue_length=queue_per_conversation
    """

  private static let outbox: StaticString = """
    memory max_size capacity=size
    path storage database dir=file
    ttl expire timeout max_age=hold
    sync flush fsync=it belongs in [context], as 'sync', and holds for both files
    """

  private static let log: StaticString = """
    file path output destination log_file filename rotate rotation max_files=the log goes to standard error, to systemd's journal or where you \
    redirect it; leave it out
    verbosity verbose debug log_level severity=level
    json style=format
    """

  private static let apiKey: StaticString = """
    key token value hash password api_key apikey digest=secret
    scope role roles permissions rights access=scopes
    bot=bots
    ttl expire expires expiry valid_until=keys do not expire; leave it out
    """

  private static let recorder: StaticString = """
    size limit capacity=memory
    file path=exchanges are kept in memory only; leave it out
    """

  private static let bot: StaticString = """
    prompt system_prompt system_message instructions persona preamble=system
    prompt_file system_prompt_file instructions_file=system_file
    fallback_message error failure_message apology=error_message
    history history_length max_messages=window
    session sticky_session sticky_sessions affinity=sticky
    title label display_name=name
    callback_url reply_url reply_to=callback
    integration integrations backend backends=an integration names its bot: write bot = NAME in [integration NAME]
    webhook_secret signing_secret=callback_secret
    """

  private static let integration: StaticString = """
    url base_url baseurl endpoint api_base api_url api_endpoint server host address uri upstream target webhook=write \
    webhook_url, the whole address with its path, such as https://api.openai.com/v1/chat/completions
    api_key apikey key token secret auth authorization bearer password api_token access_token auth_token=write \
    header.Authorization = Bearer ${NAME}; with type = anthropic, header.x-api-key = ${NAME}
    x_api_key=header.x-api-key
    user_agent=header.User-Agent
    organization org openai_organization=header.OpenAI-Organization
    project openai_project=header.OpenAI-Project
    anthropic_version=header.anthropic-version
    anthropic_beta=header.anthropic-beta
    api_version=write it into webhook_url: …?api-version=VERSION
    provider vendor kind dialect backend api api_type format=type
    model_name model_id engine deployment deployment_name deployment_id=model
    max_output_tokens max_new_tokens num_predict max_length=max_tokens
    max_retries num_retries retry tries attempts=retries
    retry_delay retry_backoff=backoff
    request_timeout read_timeout response_timeout total_timeout=timeout
    disabled active enable=enabled
    priority share ratio percent percentage probability=weight
    backup is_fallback standby=fallback
    concurrency max_concurrent max_concurrency parallel num_parallel max_parallel_requests=max_in_flight
    rpm rate_limit per_user=messages of a user are limited by [limits] per_user; requests at once by 'max_in_flight'
    verify verify_ssl ssl_verify tls_verify insecure skip_verify insecure_skip_verify verify_tls=certificates are always \
    checked; for one of your own write ca_file = /PATH
    ca cacert ca_cert ca_bundle ca_certificate=ca_file
    cert client_cert certificate=client_certificate
    http_proxy https_proxy all_proxy=proxy
    circuit_breaker=breaker
    system prompt system_prompt instructions=it belongs in [bot NAME], as 'system'
    health health_url health_check healthcheck=probe_url
    extra_headers headers=write a line for each: header.NAME = VALUE
    extra_body params parameters options=write a line for each: param.NAME = VALUE
    streaming=stream
    cost price input_price input_cost=price_input
    output_price output_cost=price_output
    """

  private static let channel: StaticString = """
    bot_token api_token telegram_token slack_token access_token key api_key auth=token
    signing_secret webhook_secret slack_signing_secret=secret
    allowed allowlist whitelist allow_from allowed_users allowed_chats users chat_id chat_ids=allow
    group group_policy mention_only require_mention=groups
    debounce batch batching collect=gather
    delay typing_delay min_delay=response_delay
    url base_url api_base endpoint server webhook_url=api_url
    kind service platform=type
    """

  /// Fields of OpenAI's, Anthropic's and Ollama's requests.
  private static let parameters: StaticString = """
    temperature top_p top_k min_p seed stop stop_sequences presence_penalty frequency_penalty repeat_penalty \
    repetition_penalty response_format logit_bias logprobs top_logprobs n user tools tool_choice parallel_tool_calls \
    reasoning reasoning_effort thinking verbosity max_completion_tokens stream_options service_tier modalities audio \
    num_ctx keep_alive metadata store prediction web_search_options safe_prompt random_seed chat_template_kwargs=param
    """
}
