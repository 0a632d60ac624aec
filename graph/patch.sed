# What is changed in the generated code, since no setting of the generator does it.

# A part whose sender has given up is not waited for.
s/result := <-ec.DeferredResults/var result graphql.DeferredResult; select { case result = <-ec.DeferredResults: case <-ctx.Done(): return nil }/

# The first part leaves out the fields that are deferred; the generator has null there.
s/^\tatomic.AddInt32(&ec.Deferred, .*/&\n\tif len(deferLabelToView) > 0 { out = model.FirstPart(out, fields) }/
