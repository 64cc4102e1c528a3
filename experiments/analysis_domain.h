/* The domain that a problem is analysed on, its generator there, and its stationary
 * density, or the reason why there is none. */
#ifndef FK_EXPERIMENTS_ANALYSIS_DOMAIN_H
#define FK_EXPERIMENTS_ANALYSIS_DOMAIN_H

#include "experiments/analysis.h"

/* The problem's domain.  For a stationary law its open faces, which only cut free space
 * off, are closed where next to nothing would leave through them: at a rate of less than
 * 1/100 of the slowest relaxation.  FK_EDOMAIN with a sentence: no domain, time in
 * the equation, or no stationary law because mass leaves. */
FK_NODISCARD fk_status fk_analysis_domain(const fk_analysis_request *request,
                                          bool stationary, fk_domain *out,
                                          fk_message *message);

FK_NODISCARD fk_status fk_analysis_open(const fk_analysis_request *request,
                                        const fk_domain *domain,
                                        fk_fokker_planck **equation,
                                        fk_generator **generator, fk_message *message);

/* g->stationary.  FK_EDOMAIN with a sentence if it is not one density. */
FK_NODISCARD fk_status fk_analysis_settle(fk_analysis_grid *g, fk_message *message);

#endif
