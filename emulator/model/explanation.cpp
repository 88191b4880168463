#include "emulator/model/explanation.h"

#include <algorithm>
#include <utility>

#include "emulator/base/text.h"
#include "emulator/model/codes.h"
#include "emulator/model/findings.h"
#include "emulator/model/hosted_place.h"
#include "emulator/model/portal_choice.h"

namespace exthost::model {
namespace {

using base::equals_ignoring_case;

class Explainer {
 public:
  Explainer(const ExplainQuestion& question, const ExplainBasis& basis)
      : question_(question), basis_(basis) {}

  std::vector<Explanation> by_url() const {
    const PortalUrl url = parse_portal_url(question_.url);
    Explanation common;
    common.problems = url.problems;
    for (Problem& problem : misspelt_overrides(url, basis_.registrations)) {
      common.problems.push_back(std::move(problem));
    }
    common.environment =
        &choose_environment(url, question_.environment, "", *basis_.environment, common.reasons);
    common.region = choose_region(url, {question_.region, ""}, basis_.environment->cloud,
                                  basis_.default_region, basis_.is_up, common.reasons);
    std::vector<Explanation> explanations;
    for (const ExtensionLoad& load : wanted(url, *common.environment)) {
      explanations.push_back(of_load(load, url.language, common));
    }
    if (explanations.empty()) explanations.push_back(unknown(std::move(common), question_.extension));
    return explanations;
  }

  Explanation by_request() const {
    Explanation explanation;
    explanation.region = question_.region.empty()
                             ? std::string(answering_region(basis_.default_region, basis_.is_up))
                             : normalise_region(question_.region);
    if (explanation.region.empty()) explanation.region = basis_.default_region;  // all are down
    explanation.stamp = question_.stamp;
    explanation.environment = environment_of_request(explanation.reasons);
    const Registration* registration = find_registration(question_.extension);
    if (registration == nullptr) return unknown(std::move(explanation), question_.extension);

    const PortalEnvironment& environment =
        explanation.environment != nullptr ? *explanation.environment : *basis_.environment;
    explanation.name = registration->name;
    tell_whether_enabled(environment, explanation);
    Registration derived;  // the request is to the hosting service, whatever uri the portal has
    derived.hosting_service_name = hosting_name_of(*registration, environment);
    ExtensionLoad load;
    load.uri = effective_uris(derived, environment).uri;
    if (load.uri.empty()) return unknown(std::move(explanation), question_.extension);
    if (!question_.stamp.empty()) load.uri += "/" + base::percent_encode(question_.stamp);
    explanation.url = extension_url(load, PortalUrl().language, authority_host(environment));
    ask_hosting({derived.hosting_service_name, question_.stamp}, environment, explanation);
    return explanation;
  }

 private:
  /// The extensions to explain. A hosting service name stands for every registration that is loaded from it.
  std::vector<ExtensionLoad> wanted(const PortalUrl& url, const PortalEnvironment& environment) const {
    std::vector<ExtensionLoad> all = resolve_portal(url, basis_.registrations, environment);
    std::vector<ExtensionLoad> chosen;
    const auto choose = [&](const auto& is_meant) {
      if (!chosen.empty()) return;
      std::copy_if(all.begin(), all.end(), std::back_inserter(chosen), is_meant);
    };
    const std::string& name = question_.extension;
    if (!name.empty()) {
      choose([&](const ExtensionLoad& load) { return equals_ignoring_case(load.name, name); });
      choose(
          [&](const ExtensionLoad& load) { return equals_ignoring_case(load.hosting_service_name, name); });
      return chosen;
    }
    choose([&](const ExtensionLoad& load) { return names_extension(url, load.name); });
    choose([](const ExtensionLoad&) { return true; });
    return chosen;
  }

  Explanation of_load(const ExtensionLoad& load, const std::string& language,
                      const Explanation& common) const {
    Explanation explanation = common;
    explanation.name = load.name;
    explanation.enabled = load.enabled;
    explanation.stamp = load.stamp;
    explanation.reasons.insert(explanation.reasons.end(), load.reasons.begin(), load.reasons.end());
    if (!load.sideloaded) explanation.hosting_service_name = load.hosting_service_name;
    if (!load.enabled) return explanation;
    explanation.url = extension_url(load, language, authority_host(*common.environment));
    const std::size_t scheme_end = basis_.hosting_origin.find("//");
    const auto place = hosted_place(
        load.uri, scheme_end == std::string::npos ? "" : basis_.hosting_origin.substr(scheme_end + 2));
    if (!place) return explanation;
    if (hosted_place(load.uri) && !basis_.hosted(place->hosting_service_name)) {
      explanation.reasons.push_back(
          {std::string(reasons::kHostedElsewhere),
           "Production's hosting service serves it; nothing here is hosted under the name " +
               quoted(place->hosting_service_name) + ".",
           {}});
      return explanation;
    }
    explanation.stamp = place->stamp;
    ask_hosting(*place, *common.environment, explanation);
    return explanation;
  }

  void ask_hosting(const HostedPlace& place, const PortalEnvironment& environment,
                   Explanation& explanation) const {
    explanation.hosting_service_name = place.hosting_service_name;
    const std::string host = authority_host(environment);
    if (!basis_.hosting_origin.empty()) {
      explanation.local_url = basis_.hosting_origin + "/" + place.hosting_service_name +
                              (place.stamp.empty() ? "" : "/" + base::percent_encode(place.stamp)) +
                              "?trustedAuthority=" + base::percent_encode(host) +
                              "&region=" + base::percent_encode(explanation.region);
    }
    const auto state = basis_.hosted(place.hosting_service_name);
    if (!state) {
      refuse(explanation, place.hosting_service_name);
      return;
    }
    HostingAnswer answer = answer_request(*state, {explanation.region, place.stamp, host});
    explanation.status = answer.status;
    if (const base::Error* failure = answer.failure()) explanation.failure = *failure;
    explanation.reasons.insert(explanation.reasons.end(), answer.reasons.begin(), answer.reasons.end());
    explanation.hosted = std::move(answer);
  }

  /// Of a request: what was asked for, else that of the authority's host, else the one in force.
  const PortalEnvironment* environment_of_request(std::vector<Reason>& reasons) const {
    const bool by_authority = question_.environment.empty() && !question_.authority.empty();
    const std::string host = by_authority ? authority_host(*basis_.environment) : std::string();
    if (by_authority && find_portal_environment(host) == nullptr) return nullptr;
    const std::string& wanted = by_authority ? host : question_.environment;
    if (wanted.empty()) return basis_.environment;
    return &choose_environment(PortalUrl(), wanted, "", *basis_.environment, reasons);
  }

  std::string authority_host(const PortalEnvironment& environment) const {
    const std::string_view authority =
        question_.authority.empty() ? environment.portal_host : std::string_view(question_.authority);
    return normalise_authority(authority, basis_.environment->portal_host, basis_.authority_aliases);
  }

  /// By portal name, else by hosting service name.
  const Registration* find_registration(std::string_view name) const {
    for (const auto member : {&Registration::name, &Registration::hosting_service_name}) {
      for (const Registration& registration : basis_.registrations) {
        if (!name.empty() && equals_ignoring_case(registration.*member, name)) return &registration;
      }
    }
    return nullptr;
  }

  /// The name under which the hosting service has it, also in the migration state (domain.md h2); or empty.
  static std::string hosting_name_of(const Registration& registration, const PortalEnvironment& environment) {
    if (!registration.hosting_service_name.empty()) return registration.hosting_service_name;
    const auto place = hosted_place(effective_uris(registration, environment).uri_format);
    return place ? place->hosting_service_name : std::string();
  }

  /// Whether a portal without anything in its URL would load it; only a refusal is worth a reason.
  void tell_whether_enabled(const PortalEnvironment& environment, Explanation& explanation) const {
    for (const ExtensionLoad& load : resolve_portal(PortalUrl(), basis_.registrations, environment)) {
      if (load.name != explanation.name) continue;
      explanation.enabled = load.enabled;
      for (const Reason& reason : load.reasons) {
        if (reason.code != reasons::kDisabledByRegistration) continue;
        explanation.reasons.push_back(reason);
        explanation.reasons.back().text +=
            " The hosting service answers all the same; the portal asks it only if its URL says so.";
      }
    }
  }

  Explanation unknown(Explanation explanation, const std::string& name) const {
    if (explanation.name.empty()) explanation.name = name;
    refuse(explanation, name);
    return explanation;
  }

  static void refuse(Explanation& explanation, const std::string& name) {
    explanation.failure =
        base::Error{base::ErrorKind::not_found, "no extension is hosted under the name " + quoted(name),
                    std::string(codes::kUnknownExtension)};
    explanation.status = status_of_refusal(codes::kUnknownExtension);
    explanation.reasons.push_back({std::string(reasons::kExtensionUnknown),
                                   "No extension is hosted under the name " + quoted(name) + ".",
                                   {}});
  }

  const ExplainQuestion& question_;
  const ExplainBasis& basis_;
};

const std::string kNothing;

}  // namespace

const std::string& Explanation::version() const {
  return hosted ? hosted->resolution.version : kNothing;
}

const std::string& Explanation::stage() const {
  return hosted ? hosted->resolution.stage : kNothing;
}

std::string Explanation::environment_file() const {
  return hosted && hosted->environment ? hosted->environment->file : std::string();
}

std::optional<base::Error> refuse_question(const ExplainQuestion& question) {
  const auto refuse = [](std::string message) {
    return base::Error{base::ErrorKind::invalid_input, std::move(message), std::string(codes::kBadTarget)};
  };
  if (!question.url.empty() && !question.stamp.empty())
    return refuse("a portal URL has its own stamp: give either the URL or the stamp");
  if (!is_region_name(normalise_region(question.region)))
    return refuse(quoted(question.region) + " is no region's name; one is westus");
  if (!question.environment.empty() && find_environment(question.environment) == nullptr) {
    std::vector<std::string> names{"public"};
    for (const PortalEnvironment& environment : all_portal_environments()) {
      names.push_back(base::to_lower(environment.name));
    }
    return refuse("there is no cloud or portal environment " + quoted(question.environment) + "; there are " +
                  list_of(names));
  }
  return std::nullopt;
}

std::vector<Explanation> explain_plainly(const ExplainQuestion& question, const ExplainBasis& basis) {
  const Explainer explainer(question, basis);
  if (question.url.empty()) return {explainer.by_request()};
  return explainer.by_url();
}

std::vector<Explanation> explain(const ExplainQuestion& question, const ExplainBasis& basis) {
  std::vector<Explanation> explanations = explain_plainly(question, basis);
  for (Explanation& explanation : explanations) {
    explanation.counterfactuals = find_counterfactuals(question, basis, explanation);
  }
  return explanations;
}

}  // namespace exthost::model
